#include "framework/statistics/sample.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace tuneval {

void require_finite(std::span<const double> values, std::string_view what) {
  for (const double value : values) {
    if (!std::isfinite(value)) {
      throw Error(fmt::format("{}: found {}, expected finite numbers", what, value));
    }
  }
}

void require_same_length(size_t first, size_t second, std::string_view what) {
  if (first != second) {
    throw Error(fmt::format("{}: found {} and {}, expected as many", what, first, second));
  }
}

void require_share(double share, std::string_view what) {
  if (!(share > 0.0 && share < 1.0)) {
    throw Error(fmt::format("{}: found {}, expected a number between 0 and 1", what, share));
  }
}

void require_count(int64_t count, int64_t total, std::string_view what) {
  if (count < 0 || count > total) {
    throw Error(fmt::format("{}: found {} of {}, expected 0 to all of them", what, count, total));
  }
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of(std::span<const double> values) {
  // The mean of equal values may differ from them in its last digit, and so would the spread from
  // 0.
  const auto [least, most] = std::ranges::minmax(values);
  if (least == most) return 0.0;
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

double quantile_of_sorted(std::span<const double> ascending, double share) {
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<size_t>(place);
  const double low = ascending[below];
  const double high = ascending[std::min(below + 1, ascending.size() - 1)];
  return low + (place - static_cast<double>(below)) * (high - low);
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double share) {
  if (share <= 0.0) return -std::numeric_limits<double>::infinity();
  if (share >= 1.0) return std::numeric_limits<double>::infinity();
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * share);
}

double student_quantile(double share, double degrees) {
  return boost::math::quantile(boost::math::students_t(degrees), share);
}

}  // namespace tuneval
