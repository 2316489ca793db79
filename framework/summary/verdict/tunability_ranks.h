#pragma once

#include "framework/summary/summary.h"

#include <optional>
#include <vector>

namespace tuneval {

/// What tuning gained a cell: by the metric's best value, where that is finite, and by the task's
/// teacher, where it has one. None without both scores.
std::optional<Tunability> tunability_of(const TaskSummary& task, const CellSummary& cell);

/// The models by the share of the headroom, and of the gap to the teacher, that tuning took: mean
/// ranks by the rules over the tasks where there is such a share. A ranking that nobody is in is
/// left out. Intervals by the method, as far as it is computed of ranks alone.
std::vector<TunabilityRanking> tunability_ranks(const Summary& summary,
                                                const VerdictOptions& options);

}  // namespace tuneval
