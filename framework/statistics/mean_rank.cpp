#include "framework/statistics/mean_rank.h"

#include "framework/statistics/names.h"
#include "framework/statistics/sample.h"

#include <cmath>

namespace tuneval {
namespace {

constexpr Names<IntervalMethod, 2> kMethods = {
    {{{IntervalMethod::published, "published"}, {IntervalMethod::student_t, "student_t"}}}};

/// How many standard errors the 95 % interval reaches to each side.
double reach(IntervalMethod method, double n) {
  return method == IntervalMethod::published ? 1.96 : student_quantile(0.975, n - 1.0);
}

}  // namespace

std::string_view to_string(IntervalMethod method) { return kMethods.name(method); }

IntervalMethod interval_method(std::string_view name) {
  return kMethods.value(name, "interval method");
}

const std::vector<std::string>& interval_methods() {
  static const std::vector<std::string> names = kMethods.all();
  return names;
}

std::optional<MeanInterval> mean_interval(std::span<const double> ranks, IntervalMethod method) {
  require_finite(ranks, "ranks");
  if (ranks.empty()) return std::nullopt;
  const auto n = static_cast<double>(ranks.size());
  // Ranks are whole or halves, so their sum is exact and equal multisets have equal means.
  MeanInterval interval{mean_of(ranks), std::nullopt, static_cast<int64_t>(ranks.size())};
  if (ranks.size() > 1) {
    interval.half_width = reach(method, n) * std::sqrt(variance_of(ranks)) / std::sqrt(n);
  }
  return interval;
}

std::optional<MeanInterval> mean_interval(std::span<const int64_t> ranks, IntervalMethod method) {
  return mean_interval(std::vector<double>(ranks.begin(), ranks.end()), method);
}

}  // namespace tuneval
