#pragma once

#include "framework/plan/plan.h"

namespace tuneval {

/// Counts a cell's tokens and estimates its work: 2 FLOPs a token and parameter of the layers
/// forward, and 2 a position that is learnt or chosen at and parameter of the vocabulary's
/// projection; backward the same again for frozen weights, twice that for trained ones. Also what
/// it holds and writes (resources.h). CellEstimate::seconds stays 0. Throws DataError naming the
/// first example that does not fit the model's context.
CellEstimate estimate_cell(const PlannedModel& model, const TaskData& task,
                           const Manifest& manifest);

}  // namespace tuneval
