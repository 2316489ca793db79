#pragma once

#include "framework/plan/estimate_check.h"

#include <span>
#include <string>
#include <vector>

namespace tuneval::cli {

/// What done cells took beside what was expected of them, a sentence each for time and memory; none
/// where nothing was expected.
std::vector<std::string> estimate_lines(std::span<const EstimateCheck> checks);

}  // namespace tuneval::cli
