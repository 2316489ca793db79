#pragma once

#include "framework/statistics/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// How the interval of a mean rank is computed; docs/statistics.md has the formulas.
enum class IntervalMethod {
  published,           ///< 1.96 s / sqrt(n), the benchmark's
  student_t,           ///< t(0.975, n - 1) s / sqrt(n)
  bootstrap_tasks,     ///< other tasks of the kind (bootstrap_mean_ranks)
  bootstrap_examples,  ///< other test rows of these tasks, groups of rows drawn as wholes
  bootstrap_both,      ///< both
};
std::string_view to_string(IntervalMethod method);
/// Throws ManifestError naming the methods there are.
IntervalMethod interval_method(std::string_view name);
const std::vector<std::string>& interval_methods();

/// Whether it is drawn, from all models' scores at once, and not computed of one model's ranks.
bool is_bootstrap(IntervalMethod method);

/// A mean with its interval.
struct MeanInterval {
  double mean = 0.0;
  std::optional<double> half_width;  ///< none where n is 1, and of a bootstrap
  int64_t n = 0;
  std::optional<Interval> interval = {};  ///< none where n is 1

  bool operator==(const MeanInterval&) const = default;
};

/// None for no ranks at all. Ranks are whole or halves. The bootstrap's methods leave the interval
/// out. At another level than 0.95 the normal quantile stands for 1.96.
std::optional<MeanInterval> mean_interval(std::span<const double> ranks, IntervalMethod method,
                                          double level = 0.95);
std::optional<MeanInterval> mean_interval(std::span<const int64_t> ranks, IntervalMethod method,
                                          double level = 0.95);

}  // namespace tuneval
