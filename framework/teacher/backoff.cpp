#include "framework/teacher/backoff.h"

#include <algorithm>
#include <cmath>

namespace tuneval {

double backoff_wait(const BackOff& backoff, int64_t attempt, double chance) {
  const double doubled = backoff.first * std::exp2(static_cast<double>(attempt));
  return std::min(doubled, backoff.longest) * (1.0 - 0.5 * chance);
}

}  // namespace tuneval
