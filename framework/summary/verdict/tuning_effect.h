#pragma once

#include "framework/summary/verdict/compare_rows.h"

#include <cstddef>
#include <optional>

namespace tuneval {

/// Tuned − base of one model, on the same rows. None without both.
std::optional<PairedResult> tuning_effect(const DrawnSet& set, size_t model,
                                          const VerdictOptions& options);

/// The gain taken apart by form; of several seeds, over the answers of all of them. Scores are
/// negated where lower is better. None without both stages, and where the metric is no mean of its
/// rows' scores.
std::optional<FormatGain> format_part(const RowSet& set, size_t model, bool higher_is_better);

}  // namespace tuneval
