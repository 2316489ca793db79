#include "framework/report/duration.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

namespace tuneval {

std::string duration_text(double seconds) {
  constexpr int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  const auto whole = std::isfinite(seconds) && seconds > 0 ? int64_t(seconds + 0.5) : 0;
  if (whole < kMinute) return fmt::format("{}s", whole);
  if (whole < kHour) return fmt::format("{}m{:02}s", whole / kMinute, whole % kMinute);
  if (whole < kDay) return fmt::format("{}h{:02}m", whole / kHour, whole / kMinute % 60);
  return fmt::format("{}d{:02}h", whole / kDay, whole / kHour % 24);
}

}  // namespace tuneval
