#include "framework/cli/estimate_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval::cli {

namespace {

/// "0.8 to 1.1"; empty where there are none.
std::string range_of(const std::vector<double>& ratios) {
  if (ratios.empty()) return {};
  const auto [least, most] = std::ranges::minmax(ratios);
  return fmt::format("{:.2g} to {:.2g}", least, most);
}

}  // namespace

std::vector<std::string> estimate_lines(std::span<const EstimateCheck> checks) {
  std::vector<double> times, memory;
  for (const EstimateCheck& check : checks) {
    if (check.estimated_seconds > 0) {
      times.push_back(check.actual_seconds / check.estimated_seconds);
    }
    if (check.estimated_bytes > 0) {
      memory.push_back(double(check.actual_bytes) / double(check.estimated_bytes));
    }
  }
  std::vector<std::string> lines;
  if (!times.empty()) {
    lines.push_back(
        fmt::format("Time was {:.2g} times the estimate, {} done cells together ({} by cell).",
                    time_ratio(checks), times.size(), range_of(times)));
  }
  if (!memory.empty()) {
    lines.push_back(fmt::format("Peak memory was {} times the estimate.", range_of(memory)));
  }
  return lines;
}

}  // namespace tuneval::cli
