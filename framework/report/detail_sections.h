#pragma once

#include "framework/report/document.h"

#include <vector>

namespace tuneval {

/// The figures behind the metrics' values: for each task and metric that has some a table, a row a
/// figure and a column a model, "base → tuned".
std::vector<Section> detail_sections(const Summary& summary);

}  // namespace tuneval
