#include "framework/tune/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tuneval {

int64_t warmup_steps(double ratio, int64_t total) {
  return int64_t(std::ceil(ratio * double(total)));
}

double schedule_factor(const std::string& schedule, int64_t step, int64_t warmup, int64_t total) {
  if (step < warmup) return double(step) / double(std::max<int64_t>(1, warmup));
  if (schedule == "constant") return 1.0;
  const double rest = double(std::max<int64_t>(1, total - warmup));
  if (schedule == "cosine") {
    const double progress = double(step - warmup) / rest;
    return std::max(0.0, 0.5 * (1.0 + std::cos(std::numbers::pi * progress)));
  }
  return std::max(0.0, double(total - step) / rest);
}

}  // namespace tuneval
