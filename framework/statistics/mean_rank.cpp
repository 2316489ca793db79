#include "framework/statistics/mean_rank.h"

#include "framework/statistics/names.h"
#include "framework/statistics/sample.h"

#include <cmath>

namespace tuneval {
namespace {

constexpr Names<IntervalMethod, 5> kMethods = {
    {{{IntervalMethod::published, "published"},
      {IntervalMethod::student_t, "student_t"},
      {IntervalMethod::bootstrap_tasks, "bootstrap_tasks"},
      {IntervalMethod::bootstrap_examples, "bootstrap_examples"},
      {IntervalMethod::bootstrap_both, "bootstrap_both"}}}};

/// How many standard errors the interval reaches to each side.
double reach(IntervalMethod method, double n, double level) {
  const double share = 0.5 + level / 2.0;
  if (method == IntervalMethod::student_t) return student_quantile(share, n - 1.0);
  return level == 0.95 ? 1.96 : normal_quantile(share);  // the benchmark rounds it
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

bool is_bootstrap(IntervalMethod method) {
  return method != IntervalMethod::published && method != IntervalMethod::student_t;
}

std::optional<MeanInterval> mean_interval(std::span<const double> ranks, IntervalMethod method,
                                          double level) {
  require_finite(ranks, "ranks");
  require_share(level, "the level of an interval");
  if (ranks.empty()) return std::nullopt;
  const auto n = static_cast<double>(ranks.size());
  // Ranks are whole or halves, so their sum is exact and equal multisets have equal means.
  MeanInterval interval{mean_of(ranks), std::nullopt, static_cast<int64_t>(ranks.size())};
  if (ranks.size() > 1 && !is_bootstrap(method)) {
    const double half = reach(method, n, level) * std::sqrt(variance_of(ranks)) / std::sqrt(n);
    interval.half_width = half;
    interval.interval = Interval{interval.mean - half, interval.mean + half};
  }
  return interval;
}

std::optional<MeanInterval> mean_interval(std::span<const int64_t> ranks, IntervalMethod method,
                                          double level) {
  return mean_interval(std::vector<double>(ranks.begin(), ranks.end()), method, level);
}

}  // namespace tuneval
