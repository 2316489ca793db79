#pragma once

#include "framework/summary/summary.h"

#include <vector>

namespace tuneval {

/// The figures behind a cell's metrics: those of the base score in their order, then those that
/// only the tuned one has.
std::vector<DetailSummary> details_of(const CellRecord& record);

}  // namespace tuneval
