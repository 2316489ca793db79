#pragma once

#include "framework/report/document.h"

#include <vector>

namespace tuneval {

/// What to recommend, a line a wish; none where nothing is ranked.
std::vector<Section> recommendation_sections(const Summary& summary);

/// What each model cost, and which are on a front; none where no cell has run.
std::vector<Section> cost_sections(const Summary& summary);

}  // namespace tuneval
