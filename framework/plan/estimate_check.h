#pragma once

#include "framework/plan/plan.h"
#include "framework/plan/plan_file.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

using EstimatesById = std::map<std::string, CellEstimate>;

EstimatesById estimates_of(const Plan& plan);
EstimatesById estimates_of(const PlanFile& plan);

/// A done cell beside what was expected of it; 0 where nothing was.
struct EstimateCheck {
  std::string id;
  double estimated_seconds = 0.0, actual_seconds = 0.0;
  int64_t estimated_bytes = 0, actual_bytes = 0;  ///< peak memory; of a cell on a GPU both 0
};

/// In the records' order: those that are done and have an estimate. The peak of one on a GPU is the
/// host's, where the estimate is of the device, and is not compared.
std::vector<EstimateCheck> estimate_against_actual(const EstimatesById& estimates,
                                                   std::span<const CellRecord> records);

/// Actual over estimated seconds of all of them together; 1 where there is nothing to go by.
double time_ratio(std::span<const EstimateCheck> checks);

}  // namespace tuneval
