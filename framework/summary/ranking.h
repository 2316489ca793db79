#pragma once

#include "framework/statistics/mean_rank.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// A model's place in one of the rankings.
struct RankingRow {
  int64_t position = 1;  ///< equal means share the lower number
  std::string model;
  MeanInterval rank;
};

/// The models by mean rank, the best (lowest) first; a model without any such score is left out.
struct Ranking {
  std::string name;  ///< "tuned", "base" or "delta"
  std::vector<RankingRow> rows;
};

/// Of models with these mean ranks; equal ones keep their order.
Ranking rank_models(std::string name, std::span<const std::string> models,
                    std::span<const std::optional<MeanInterval>> ranks);

}  // namespace tuneval
