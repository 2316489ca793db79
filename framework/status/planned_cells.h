#pragma once

#include "framework/plan/plan_file.h"
#include "framework/summary/summary.h"

#include <span>
#include <vector>

namespace tuneval {

/// The cells of a run for its summary: those of its plan, so that what is left to run is seen, then
/// those that records alone know of, of an earlier plan. Where a cell's records are not all of the
/// plan's ids, its cells bear none, and all of its records count, as without a plan.
std::vector<PlannedCell> planned_cells(const PlanFile& plan, std::span<const CellRecord> records);

}  // namespace tuneval
