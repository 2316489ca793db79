#pragma once

#include "framework/summary/verdict/compare_rows.h"

#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// A ranking's models over the tasks that all of them have: those with such a score anywhere. None
/// below two models, or two tasks. `sets`: the main rows of each task of the summary, null where it
/// has none.
std::optional<OverTasks> over_tasks(const Summary& summary, Ranked ranked,
                                    std::span<const DrawnSet* const> sets,
                                    const VerdictOptions& options);

}  // namespace tuneval
