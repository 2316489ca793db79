#pragma once

#include "framework/summary/summary.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// The score under `metric`. Without one, and without any scored example, there is nothing to rank:
/// `notes` are told so of `which`.
std::optional<StageScore> score_under(const std::string& metric,
                                      const std::optional<ScoreSummary>& stage,
                                      std::string_view which, std::vector<std::string>& notes);

}  // namespace tuneval
