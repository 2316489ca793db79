#include "framework/plan/estimate_check.h"

namespace tuneval {

namespace {

template <class Cells>
EstimatesById by_id(const Cells& cells) {
  EstimatesById estimates;
  for (const auto& cell : cells) estimates[cell.id] = cell.estimate;
  return estimates;
}

}  // namespace

EstimatesById estimates_of(const Plan& plan) { return by_id(plan.cells); }
EstimatesById estimates_of(const PlanFile& plan) { return by_id(plan.cells); }

std::vector<EstimateCheck> estimate_against_actual(const EstimatesById& estimates,
                                                   std::span<const CellRecord> records) {
  std::vector<EstimateCheck> checks;
  for (const CellRecord& record : records) {
    const auto found = estimates.find(record.id);
    if (!record.done() || found == estimates.end() || found->second.flops <= 0) continue;
    EstimateCheck check{record.id, found->second.seconds, record.seconds};
    if (record.device == "cpu") {
      check.estimated_bytes = found->second.peak_memory_bytes;
      check.actual_bytes = record.peak_memory_bytes;
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

double time_ratio(std::span<const EstimateCheck> checks) {
  double estimated = 0.0, actual = 0.0;
  for (const EstimateCheck& check : checks) {
    if (check.estimated_seconds <= 0) continue;
    estimated += check.estimated_seconds;
    actual += check.actual_seconds;
  }
  return estimated > 0 && actual > 0 ? actual / estimated : 1.0;
}

}  // namespace tuneval
