#pragma once

#include "framework/report/document.h"

#include <string>
#include <vector>

namespace tuneval {

/// What to recommend, a line a wish; none where nothing is ranked.
std::vector<Section> recommendation_sections(const Summary& summary);

/// The question that a recommendation answers: "Most accurate of at most 1.00B parameters".
std::string question_of(const Recommendation& one);

/// What each model cost, and which are on a front; none where no cell has run.
std::vector<Section> cost_sections(const Summary& summary);

}  // namespace tuneval
