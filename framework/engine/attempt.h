#pragma once

#include "framework/engine/groups.h"
#include "framework/engine/worker_process.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// A worker and the cells that it was given.
struct Attempt {
  using Clock = std::chrono::steady_clock;

  explicit Attempt(const WorkerStart& start) : process(start) {}

  /// Its cell of that id, if that has not ended; null else.
  const Cell* find(const std::string& id) const;
  void drop(const Cell& cell);
  /// Where the cell it is at stands, "tune 12/48"; empty where none has begun.
  std::string stage() const;
  /// The cell that is to blame where the worker dies: the one it is at, or would have begun.
  const Cell* at() const { return current ? current : left.empty() ? nullptr : left.front(); }

  WorkerProcess process;
  CellGroup group;                ///< as it was given
  std::deque<const Cell*> left;   ///< not ended yet
  const Cell* current = nullptr;  ///< begun and not ended
  CellProgress progress;          ///< of `current`
  std::string gpu;                ///< empty: it has no choice
  std::vector<ServerUse> servers;
  int64_t memory_kills = 0;  ///< of the control group, when it was started
  std::string began;         ///< UTC, of `current`
  Clock::time_point cell_begin = Clock::now(), last_sign = Clock::now();
  std::string doom;                          ///< why it is being ended; empty: it is not
  std::optional<Clock::time_point> kill_at;  ///< when SIGKILL follows
};

}  // namespace tuneval
