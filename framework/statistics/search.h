#pragma once

#include <cstdint>
#include <optional>

namespace tuneval {

/// The least number in [low, high], to a double's precision, for which `holds` is true; it has to
/// be true from there on to `high`.
template <class Holds>
double least_that(double low, double high, Holds&& holds) {
  while (true) {
    const double middle = low + (high - low) / 2.0;
    if (middle <= low || middle >= high) return high;
    (holds(middle) ? high : low) = middle;
  }
}

/// The least whole number from 1 on for which `holds` is true; none up to `most`.
template <class Holds>
std::optional<int64_t> least_count_that(int64_t most, Holds&& holds) {
  int64_t low = 0, high = 1;  // false at low
  while (!holds(high)) {
    if (high >= most) return std::nullopt;
    low = high;
    high = high > most / 2 ? most : 2 * high;
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace tuneval
