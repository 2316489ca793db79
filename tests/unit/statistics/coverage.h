#pragma once

/// How often an interval holds what it is of: exactly for proportions, by simulation for the
/// others. Shared by coverage_test.cpp, which is quick, and coverage_table.cpp, which is not.

#include "framework/statistics/bootstrap.h"
#include "framework/statistics/draws.h"
#include "framework/statistics/paired.h"
#include "framework/statistics/sample.h"
#include "framework/statistics/statistics.h"

#include <fmt/format.h>
#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuneval::test {

using ProportionInterval = std::function<std::optional<Interval>(int64_t k, int64_t n)>;

/// Σ P(k of n) over the k whose interval holds `share`.
inline double exact_coverage(int64_t n, double share, const ProportionInterval& interval) {
  const boost::math::binomial_distribution<double> chance(static_cast<double>(n), share);
  double covered = 0.0;
  for (int64_t k = 0; k <= n; ++k) {
    const std::optional<Interval> one = interval(k, n);
    if (one && one->contains(share)) {
      covered += boost::math::pdf(chance, static_cast<double>(k));
    }
  }
  return covered;
}

inline double draw_normal(Draws& draws) { return normal_quantile(draws.unit() + 0x1p-54); }

inline std::vector<double> draw_normals(Draws& draws, size_t count) {
  std::vector<double> values(count);
  for (double& value : values) value = draw_normal(draws);
  return values;
}

/// Scores of 1 and 0 in groups, and the groups' names.
struct GroupedScores {
  std::vector<double> scores;
  std::vector<std::string> groups;
};

/// Of `count` groups of `size` rows, each group has a chance of its own to be right, `low` or 1
/// alike often: the mean chance is (1 + low) / 2.
inline GroupedScores draw_groups(Draws& draws, size_t count, size_t size, double low) {
  GroupedScores drawn;
  for (size_t group = 0; group < count; ++group) {
    const double chance = draws.below(2) == 0 ? low : 1.0;
    for (size_t row = 0; row < size; ++row) {
      drawn.scores.push_back(draws.unit() < chance ? 1.0 : 0.0);
      drawn.groups.push_back(fmt::format("g{}", group));
    }
  }
  return drawn;
}

/// Two models on `rows` rows, the first alone right with chance `first`, the second alone with
/// `second`, both with a half of the rest.
inline std::vector<std::vector<double>> draw_pairs(Draws& draws, size_t rows, double first,
                                                   double second) {
  std::vector<std::vector<double>> scores(2);
  for (size_t row = 0; row < rows; ++row) {
    const double at = draws.unit(), both = first + second + (1.0 - first - second) / 2.0;
    const bool only_first = at < first, only_second = !only_first && at < first + second;
    const bool all = !only_first && !only_second && at < both;
    scores[0].push_back(only_first || all ? 1.0 : 0.0);
    scores[1].push_back(only_second || all ? 1.0 : 0.0);
  }
  return scores;
}

/// The share of `trials` in which the interval that `draw` makes of fresh data holds `truth`; no
/// interval counts as a miss.
inline double simulated_coverage(int64_t trials, uint64_t seed, double truth,
                                 const std::function<std::optional<Interval>(Draws&)>& draw) {
  Draws draws(seed);
  int64_t covered = 0;
  for (int64_t i = 0; i < trials; ++i) {
    const std::optional<Interval> interval = draw(draws);
    if (interval && interval->contains(truth)) ++covered;
  }
  return static_cast<double>(covered) / static_cast<double>(trials);
}

}  // namespace tuneval::test
