#pragma once

#include "tuneval/metric/metric.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tuneval {

/// More scored examples than this are not left out one by one: that takes their square in time.
inline constexpr size_t kMostJackknifed = 4000;

/// What each of n scored examples does to a metric's `value`: v − (n − 1)·(v₍ᵢ₎ − v), v₍ᵢ₎ the
/// aggregate without example i. For a mean these are the examples' values; of any other aggregate
/// their mean and spread stand for its own, so that it can be resampled and paired without the
/// metric. Tukey's pseudo-values, Annals of Mathematical Statistics 29 (1958), p. 614.
///
/// Empty where the value is the mean of the examples' values (to 1e-9), below two examples and past
/// kMostJackknifed, and where one of them is not finite.
std::vector<double> jackknife_values(const Metric& metric, std::span<const Scored> scored,
                                     double value);

}  // namespace tuneval
