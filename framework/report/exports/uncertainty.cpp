#include "framework/report/exports/uncertainty.h"

#include "framework/statistics/intervals.h"
#include "framework/statistics/sample.h"
#include "framework/summary/pairs.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tuneval {

std::optional<Uncertainty> uncertainty_of(std::span<const PredictionRow> rows,
                                          const MetricValue& metric) {
  std::vector<double> scores;
  for (const ExampleValue& value : values_of(rows, metric.name)) {
    if (value.value && std::isfinite(*value.value)) scores.push_back(*value.value);
  }
  if (scores.size() < 2 || std::abs(mean_of(scores) - metric.value) > 1e-9) return std::nullopt;
  Uncertainty result;
  result.examples = std::ssize(scores);
  result.standard_deviation = std::sqrt(variance_of(scores));
  result.standard_error = result.standard_deviation / std::sqrt(double(result.examples));
  const auto right = std::ranges::count(scores, 1.0);
  const bool is_binary = right + std::ranges::count(scores, 0.0) == result.examples;
  result.method = is_binary ? "wilson" : "student";
  result.interval =
      is_binary ? *wilson_interval(right, result.examples) : *student_mean_interval(scores);
  return result;
}

}  // namespace tuneval
