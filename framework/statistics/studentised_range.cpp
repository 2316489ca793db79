#include "framework/statistics/studentised_range.h"

#include "framework/statistics/sample.h"
#include "framework/statistics/search.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tuneval {

double normal_range_cdf(double width, int count) {
  if (count < 2) {
    throw Error(fmt::format("values with a range: found {}, expected at least 2", count));
  }
  if (!(width > 0.0)) return 0.0;
  // The trapezoid rule converges faster than any power of the step for such a bell; φ(9) is 1e-18.
  constexpr double kEnd = 9.0, kStep = 0.02;
  constexpr int kSteps = static_cast<int>(2.0 * kEnd / kStep);
  double sum = 0.0;
  for (int i = 0; i <= kSteps; ++i) {
    const double z = -kEnd + kStep * i;
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    sum += density * std::pow(normal_cdf(z) - normal_cdf(z - width), count - 1);
  }
  return std::min(1.0, count * kStep * sum);
}

double normal_range_quantile(double share, int count) {
  require_share(share, "the probability of a range");
  double most = 1.0;
  while (normal_range_cdf(most, count) < share && most < 64.0) most *= 2.0;
  return least_that(0.0, most,
                    [&](double width) { return normal_range_cdf(width, count) >= share; });
}

}  // namespace tuneval
