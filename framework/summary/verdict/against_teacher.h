#pragma once

#include "framework/summary/verdict/compare_rows.h"

#include <cstddef>
#include <optional>

namespace tuneval {

/// Whether the tuned model is worse than the teacher by less than the margin, at a one-sided error
/// of half the options' alpha. By Tango's score for right and wrong answers on rows that stand
/// alone; else by the paired bootstrap on the draws that all scores share. None without the rows of
/// both.
std::optional<MarginResult> against_teacher(const DrawnSet& set, size_t model,
                                            bool higher_is_better, double margin,
                                            const VerdictOptions& options);

}  // namespace tuneval
