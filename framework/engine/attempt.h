#pragma once

#include "framework/engine/groups.h"
#include "framework/engine/worker_process.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
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
  /// Puts away what the worker has left of the cell it died at, and could not put away itself.
  void clean_behind(const std::filesystem::path& output) const;
  /// Does not count so much time: nobody was there to work or to listen.
  void forgive(Clock::duration time);

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
  const Cell* doomed = nullptr;              ///< the cell that it was at then
  std::optional<Clock::time_point> kill_at;  ///< when SIGKILL follows
};

}  // namespace tuneval
