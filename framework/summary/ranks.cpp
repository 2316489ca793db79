#include "framework/summary/ranks.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tuneval {
namespace {

/// How many standard errors the 95 % interval reaches to each side.
double reach(IntervalMethod method, int64_t n) {
  if (method == IntervalMethod::published) return 1.96;
  const boost::math::students_t distribution(static_cast<double>(n - 1));
  return boost::math::quantile(distribution, 0.975);
}

}  // namespace

std::vector<int64_t> ranks_min(std::span<const double> values, bool higher_is_better) {
  std::vector<int64_t> ranks;
  for (const double value : values) {
    if (!std::isfinite(value)) throw Error(fmt::format("a score of {} cannot be ranked", value));
    const auto is_better = [&](double other) {
      return higher_is_better ? other > value : other < value;
    };
    ranks.push_back(1 + std::ranges::count_if(values, is_better));
  }
  return ranks;
}

std::string_view to_string(IntervalMethod method) {
  return method == IntervalMethod::published ? "published" : "student_t";
}

IntervalMethod interval_method(std::string_view name) {
  for (const IntervalMethod method : {IntervalMethod::published, IntervalMethod::student_t}) {
    if (name == to_string(method)) return method;
  }
  throw ManifestError(fmt::format("the interval method \"{}\" is unknown: expected \"{}\"", name,
                                  fmt::join(interval_methods(), "\" or \"")));
}

const std::vector<std::string>& interval_methods() {
  static const std::vector<std::string> names = {"published", "student_t"};
  return names;
}

std::optional<MeanInterval> mean_interval(std::span<const int64_t> ranks, IntervalMethod method) {
  if (ranks.empty()) return std::nullopt;
  const auto n = static_cast<int64_t>(ranks.size());
  const auto count = static_cast<double>(n);
  // Ranks are whole, so this sum is exact and equal multisets have equal means.
  const auto sum = std::accumulate(ranks.begin(), ranks.end(), int64_t{0});
  MeanInterval interval{static_cast<double>(sum) / count, std::nullopt, n};
  if (n == 1) return interval;
  double squares = 0.0;
  for (const int64_t rank : ranks) {
    const double deviation = static_cast<double>(rank) - interval.mean;
    squares += deviation * deviation;
  }
  const double deviation = std::sqrt(squares / (count - 1.0));
  interval.half_width = reach(method, n) * deviation / std::sqrt(count);
  return interval;
}

}  // namespace tuneval
