#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// How the 95 % interval of a mean rank is computed; docs/statistics.md has the formulas.
enum class IntervalMethod {
  published,  ///< 1.96 s / sqrt(n), the benchmark's
  student_t,  ///< t(0.975, n - 1) s / sqrt(n)
};
std::string_view to_string(IntervalMethod method);
/// Throws ManifestError naming the methods there are.
IntervalMethod interval_method(std::string_view name);
const std::vector<std::string>& interval_methods();

/// A mean with the half-width of its 95 % interval.
struct MeanInterval {
  double mean = 0.0;
  std::optional<double> half_width;  ///< none where n is 1
  int64_t n = 0;

  bool operator==(const MeanInterval&) const = default;
};

/// None for no ranks at all. Ranks are whole or halves.
std::optional<MeanInterval> mean_interval(std::span<const double> ranks, IntervalMethod method);
std::optional<MeanInterval> mean_interval(std::span<const int64_t> ranks, IntervalMethod method);

}  // namespace tuneval
