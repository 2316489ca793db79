#pragma once

#include "framework/report/document.h"

#include <vector>

namespace tuneval {

/// What other seeds did to the scores, and other learning rates to scores and ranks. Only those of
/// which there is something.
std::vector<Section> variant_sections(const Summary& summary);

/// The learning curves, a table a task.
std::vector<Section> curve_sections(const Summary& summary);

}  // namespace tuneval
