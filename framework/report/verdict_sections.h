#pragma once

#include "framework/report/document.h"

#include <vector>

namespace tuneval {

/// What the test rows say: of each cell's tuning, of each task's models, of the teacher, and of the
/// test sets themselves. A section each, where there is something to say.
std::vector<Section> verdict_sections(const Summary& summary);

}  // namespace tuneval
