#pragma once

#include <cstdint>

namespace tuneval {

/// How long to wait between the attempts at one request, in seconds.
struct BackOff {
  double first = 1.0;     ///< after the first attempt; doubled after each further one
  double longest = 60.0;  ///< of what is doubled
  /// A server that asks to wait longer than this is given up.
  double longest_asked = 600.0;
};

/// The wait after the attempt of index `attempt`, from 0. `chance`, from 0 to 1, takes up to half
/// of it off, so that what failed together does not come back together.
double backoff_wait(const BackOff& backoff, int64_t attempt, double chance);

}  // namespace tuneval
