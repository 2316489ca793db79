#include "framework/cli/amounts.h"

#include "framework/report/duration.h"

#include <fmt/format.h>

#include <array>

namespace tuneval::cli {

std::string bytes_text(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = double(bytes);
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  const bool tenths = unit > 0 && value < 9.95;
  return fmt::format("{:.{}f} {}", value, tenths ? 1 : 0, kUnits[unit]);
}

std::string time_text(double seconds) {
  return seconds < 9.95 ? fmt::format("{:.1f}s", seconds) : duration_text(seconds);
}

std::string grouped_text(int64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace tuneval::cli
