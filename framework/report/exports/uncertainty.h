#pragma once

#include "framework/record/predictions.h"
#include "framework/record/record.h"
#include "framework/statistics/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tuneval {

/// How sure a metric's value is, from its examples' scores.
struct Uncertainty {
  double standard_error = 0.0;      ///< s / √n, s of divisor n − 1
  double standard_deviation = 0.0;  ///< s
  std::string method;    ///< of the interval: "wilson" of right and wrong, else "student"
  Interval interval;     ///< at 95 %
  int64_t examples = 0;  ///< n
};

/// None for fewer than two scored examples, and for a metric that is not the mean of its examples'
/// scores: there the formulas say nothing.
std::optional<Uncertainty> uncertainty_of(std::span<const PredictionRow> rows,
                                          const MetricValue& metric);

}  // namespace tuneval
