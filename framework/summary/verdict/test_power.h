#pragma once

#include "framework/summary/verdict/compare_rows.h"

#include <optional>
#include <span>

namespace tuneval {

/// What a task's rows can show, from its best score and the pairs of its models; none without a
/// score that has rows.
std::optional<TestPower> test_power(const TaskSummary& task, const RowSet& set,
                                    std::span<const TaskPairs> pairs,
                                    const VerdictOptions& options);

}  // namespace tuneval
