#pragma once

#include "framework/report/document.h"

#include <cstdint>
#include <optional>

namespace tuneval {

// Numbers as table cells; a dash where there is none.

inline constexpr const char* kDash = "–";
/// A faint dash.
TableCell nothing();

TableCell number_cell(const std::optional<double>& value);
TableCell score_cell(const std::optional<StageScore>& score);
/// A difference in green where it is for the better, in red where for the worse.
TableCell delta_cell(const std::optional<double>& delta, bool higher_is_better);
TableCell count_cell(const std::optional<int64_t>& count);
/// "2", or "2.5" where ties share the mean.
TableCell rank_cell(const std::optional<double>& rank);
/// "0.861–0.972".
TableCell interval_cell(const std::optional<Interval>& interval);
/// "±0.65", or "1.20–2.40" where it is drawn.
TableCell mean_interval_cell(const MeanInterval& rank);
/// "better" in green, "worse" in red, "cannot tell".
TableCell told_cell(Told told);
/// "0.031", "< 0.001".
std::string p_text(double p);
/// "95 %".
std::string level_text(double level);

}  // namespace tuneval
