#pragma once

#include "framework/engine/cell_log.h"
#include "framework/engine/engine.h"
#include "framework/engine/events.h"
#include "framework/record/cell_state.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// What a worker process says of its cells: events to a supervisor, the cell's state and its log.
class WorkerListener : public RunListener {
 public:
  WorkerListener(std::filesystem::path output, const EventWriter& events)
      : output_(std::move(output)), events_(events) {}

  void cell_skipped(const Plan& plan, const Cell& cell) override;
  void model_loading(const PlannedModel& model) override;
  void cell_began(const Plan& plan, const Cell& cell) override;
  void cell_progressed(const Plan& plan, const Cell& cell, const CellProgress& at) override;
  void cell_pulsed(const Plan& plan, const Cell& cell) override;
  void cell_ended(const Plan& plan, const Cell& cell, const CellRecord& record) override;
  void cell_stopped(const Plan& plan, const Cell& cell) override;
  void cell_held(const Plan& plan, const Cell& cell, const std::string& why) override;
  void servers_asked(const std::vector<ServerUse>& uses) override;

 private:
  using Clock = std::chrono::steady_clock;

  void tell(Event::Kind kind, const Cell& cell, std::string why = {}) const;
  void save_state(const std::string& id);
  void end(const Cell& cell, const std::string& how);

  const std::filesystem::path output_;
  const EventWriter& events_;
  std::optional<CellLog> log_;
  RunningCell state_;
  Clock::time_point told_{}, pulsed_{}, saved_{};
};

}  // namespace tuneval
