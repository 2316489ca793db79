#pragma once

#include "framework/plan/plan.h"

namespace tuneval {

/// Counts a cell's tokens and estimates its work: 2 FLOPs a parameter and token forward; backward
/// the same again for frozen weights, twice that for trained ones. Throws DataError naming the
/// first example that does not fit the model's context.
CellEstimate estimate_cell(const PlannedModel& model, const TaskData& task,
                           const Manifest& manifest);

}  // namespace tuneval
