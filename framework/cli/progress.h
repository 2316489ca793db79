#pragma once

#include "framework/engine/engine.h"

#include <chrono>
#include <string>

namespace tuneval::cli {

/// Shows a run: on a terminal one live line a stage, in a pipe plain log lines, nothing when quiet
/// (failures are always told).
class ProgressPrinter : public RunListener {
 public:
  ProgressPrinter(const Plan& plan, int64_t cells, bool quiet);
  ~ProgressPrinter() override;

  void cell_skipped(const Plan& plan, const Cell& cell) override;
  void model_loading(const PlannedModel& model) override;
  void cell_began(const Plan& plan, const Cell& cell) override;
  void cell_progressed(const Plan& plan, const Cell& cell, const CellProgress& at) override;
  void cell_ended(const Plan& plan, const Cell& cell, const CellRecord& record) override;

 private:
  using Clock = std::chrono::steady_clock;
  void line(const std::string& text);  ///< a line that stays
  void live(const std::string& text);  ///< a line that the next one replaces
  std::string name(const Plan& plan, const Cell& cell) const;

  int64_t cells_, started_ = 0;
  bool quiet_, terminal_;
  bool live_shown_ = false;
  std::string stage_;
  Clock::time_point stage_begin_, last_shown_;
};

}  // namespace tuneval::cli
