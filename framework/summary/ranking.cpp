#include "framework/summary/ranking.h"

#include "framework/statistics/ranks.h"

#include <algorithm>
#include <utility>

namespace tuneval {

Ranking rank_models(std::string name, std::span<const std::string> models,
                    std::span<const std::optional<MeanInterval>> ranks) {
  Ranking ranking{std::move(name), {}};
  std::vector<double> means;
  for (size_t i = 0; i < models.size(); ++i) {
    if (!ranks[i]) continue;
    ranking.rows.push_back({0, models[i], *ranks[i]});
    means.push_back(ranks[i]->mean);
  }
  const std::vector<int64_t> positions = ranks_min(means, /*higher_is_better=*/false);
  for (size_t i = 0; i < positions.size(); ++i) ranking.rows[i].position = positions[i];
  std::ranges::stable_sort(ranking.rows, {}, &RankingRow::position);
  return ranking;
}

}  // namespace tuneval
