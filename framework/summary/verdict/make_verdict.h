#pragma once

#include "framework/summary/row_sets.h"
#include "framework/summary/selection.h"
#include "framework/summary/summary.h"

#include <span>

namespace tuneval {

/// All that the test rows say of a summary whose cells are ranked; `sets` are the rows of each of
/// its tasks. Nothing depends on the order of records, models and tasks, but for how what is found
/// is listed.
Verdict make_verdict(const Summary& summary, const Selection& selection,
                     const SummaryOptions& options, std::span<const TaskSets> sets);

}  // namespace tuneval
