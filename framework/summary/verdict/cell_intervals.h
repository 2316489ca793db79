#pragma once

#include "framework/summary/verdict/compare_rows.h"

#include <cstddef>
#include <optional>

namespace tuneval {

/// The interval of a score over its test rows.
///
/// Of right and wrong answers by the method asked for, of rows that belong together by Wilson's at
/// their effective number. Of other scores by the bootstrap, which stays within the metric's own
/// bounds; where no two rows differ it has no width, and scores from 0 to 1 get Wilson's. None for
/// fewer than two rows, or groups of them, of other scores.
std::optional<RowInterval> cell_interval(const DrawnSet& set, size_t column,
                                         const TaskSummary& task, const VerdictOptions& options);

}  // namespace tuneval
