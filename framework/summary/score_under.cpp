#include "framework/summary/score_under.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tuneval {

std::optional<StageScore> score_under(const std::string& metric,
                                      const std::optional<ScoreSummary>& stage,
                                      std::string_view which, std::vector<std::string>& notes) {
  if (!stage) return std::nullopt;
  const auto found = std::ranges::find(stage->metrics, metric, &MetricValue::name);
  if (found == stage->metrics.end()) {
    notes.push_back(fmt::format("{} lacks {}, which the task is ranked by.", which, metric));
  } else if (found->scored == 0) {
    notes.push_back(fmt::format("{} has no scored example.", which));
  } else if (!std::isfinite(found->value)) {
    notes.push_back(fmt::format("{} is {}, which cannot be ranked.", which, found->value));
  } else {
    return StageScore{found->value, found->scored, found->unscored};
  }
  return std::nullopt;
}

}  // namespace tuneval
