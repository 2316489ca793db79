#pragma once

#include "framework/engine/engine.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tuneval::cli {

/// Shows a run: on a terminal a live line for each cell that is at work, in a pipe plain log lines,
/// nothing when quiet (failures are always told).
class ProgressPrinter : public RunListener {
 public:
  /// `plan` outlives it.
  ProgressPrinter(const Plan& plan, int64_t cells, bool quiet);
  ~ProgressPrinter() override;

  void cell_skipped(const Plan& plan, const Cell& cell) override;
  void model_loading(const PlannedModel& model) override;
  void cell_began(const Plan& plan, const Cell& cell) override;
  void cell_progressed(const Plan& plan, const Cell& cell, const CellProgress& at) override;
  void cell_ended(const Plan& plan, const Cell& cell, const CellRecord& record) override;
  void cell_stopped(const Plan& plan, const Cell& cell) override;
  void cell_held(const Plan& plan, const Cell& cell, const std::string& why) override;
  void cell_retried(const Plan& plan, const Cell& cell, const std::string& why) override;

 private:
  using Clock = std::chrono::steady_clock;

  /// A cell that is at work.
  struct Shown {
    const Cell* cell = nullptr;
    std::string text;    ///< its live line
    CellProgress first;  ///< what was told first of the stage
    Clock::time_point stage_begin{}, last_shown{};
  };

  Shown* find(const Cell& cell);
  void remove(const Cell& cell);
  void line(const std::string& text);     ///< a line that stays
  void failure(const std::string& text);  ///< the same, when quiet too
  void erase_live();
  void show_live();
  std::string name(const Cell& cell);

  const Plan& plan_;
  int64_t cells_;
  bool quiet_, terminal_;
  size_t live_lines_ = 0;  ///< that stand on the terminal
  std::vector<Shown> shown_;
  std::map<const Cell*, int64_t> numbers_;  ///< from 1, as cells were first told of
};

}  // namespace tuneval::cli
