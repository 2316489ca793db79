#include "framework/statistics/intervals.h"

#include "framework/statistics/resampler.h"
#include "framework/statistics/sample.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <boost/math/distributions/beta.hpp>

#include <algorithm>
#include <cmath>

namespace tuneval {
namespace {

void require_proportion(int64_t k, int64_t n, double level) {
  require_count(k, n, "rows that are right");
  require_share(level, "the level of an interval");
}

double beta_quantile(double share, double a, double b) {
  return boost::math::quantile(boost::math::beta_distribution<double>(a, b), share);
}

/// Of a share of `n` rows, which need not be whole.
Interval wilson(double share, double n, double level) {
  const double z = normal_quantile(0.5 + level / 2.0);
  const double scale = 1.0 + z * z / n;
  const double centre = (share + z * z / (2.0 * n)) / scale;
  const double half = z / scale * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
  // At the ends both terms are equal but for rounding.
  return {share == 0.0 ? 0.0 : centre - half, share == 1.0 ? 1.0 : centre + half};
}

/// How many independent rows the grouped ones are worth.
double effective_rows(std::span<const double> scores, const Resampler& groups, double mean) {
  const auto n = static_cast<double>(scores.size());
  const auto count = static_cast<double>(groups.units());
  const double binomial = mean * (1.0 - mean) / n;
  if (groups.units() < 2 || !(binomial > 0.0)) return count;
  double squares = 0.0;
  for (size_t i = 0; i < groups.units(); ++i) {
    double excess = 0.0;
    for (const size_t row : groups.unit(i)) excess += scores[row] - mean;
    squares += excess * excess;
  }
  const double variance = count / (count - 1.0) * squares / (n * n);
  return n / std::max(1.0, variance / binomial);
}

std::optional<Interval> mean_interval_of(std::span<const double> values, double reach) {
  if (values.size() < 2) return std::nullopt;
  const double mean = mean_of(values);
  const double half = reach * std::sqrt(variance_of(values) / static_cast<double>(values.size()));
  return Interval{mean - half, mean + half};
}

}  // namespace

std::optional<Interval> wilson_interval(int64_t k, int64_t n, double level) {
  require_proportion(k, n, level);
  if (n == 0) return std::nullopt;
  const auto rows = static_cast<double>(n);
  return wilson(static_cast<double>(k) / rows, rows, level);
}

std::optional<Interval> clopper_pearson_interval(int64_t k, int64_t n, double level) {
  require_proportion(k, n, level);
  if (n == 0) return std::nullopt;
  const double tail = (1.0 - level) / 2.0;
  const auto right = static_cast<double>(k), wrong = static_cast<double>(n - k);
  return Interval{k == 0 ? 0.0 : beta_quantile(tail, right, wrong + 1.0),
                  k == n ? 1.0 : beta_quantile(1.0 - tail, right + 1.0, wrong)};
}

std::optional<Interval> jeffreys_interval(int64_t k, int64_t n, double level) {
  require_proportion(k, n, level);
  if (n == 0) return std::nullopt;
  const double tail = (1.0 - level) / 2.0;
  const double a = static_cast<double>(k) + 0.5, b = static_cast<double>(n - k) + 0.5;
  return Interval{k == 0 ? 0.0 : beta_quantile(tail, a, b),
                  k == n ? 1.0 : beta_quantile(1.0 - tail, a, b)};
}

std::optional<Interval> clustered_wilson_interval(std::span<const double> scores,
                                                  std::span<const std::string> groups,
                                                  double level) {
  require_share(level, "the level of an interval");
  for (const double score : scores) {
    if (!(score >= 0.0 && score <= 1.0)) {
      throw Error(fmt::format("scores of a proportion: found {}, expected 0 to 1", score));
    }
  }
  const Resampler rows(scores.size(), groups);
  if (scores.empty()) return std::nullopt;
  const double mean = mean_of(scores);
  return wilson(mean, effective_rows(scores, rows, mean), level);
}

std::optional<Interval> student_mean_interval(std::span<const double> values, double level) {
  require_finite(values, "values of a mean");
  require_share(level, "the level of an interval");
  if (values.size() < 2) return std::nullopt;
  const auto degrees = static_cast<double>(values.size() - 1);
  return mean_interval_of(values, student_quantile(0.5 + level / 2.0, degrees));
}

std::optional<Interval> normal_mean_interval(std::span<const double> values, double level) {
  require_finite(values, "values of a mean");
  require_share(level, "the level of an interval");
  return mean_interval_of(values, normal_quantile(0.5 + level / 2.0));
}

}  // namespace tuneval
