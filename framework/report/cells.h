#pragma once

#include "framework/report/document.h"

#include <cstdint>
#include <optional>

namespace tuneval {

// Numbers as table cells; a dash where there is none.

TableCell number_cell(const std::optional<double>& value);
TableCell score_cell(const std::optional<StageScore>& score);
/// A difference in green where it is for the better, in red where for the worse.
TableCell delta_cell(const std::optional<double>& delta, bool higher_is_better);
TableCell count_cell(const std::optional<int64_t>& count);

}  // namespace tuneval
