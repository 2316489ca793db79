#include "framework/summary/verdict/against_teacher.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace tuneval {
namespace {

using Role = RowColumn::Role;

/// As non_inferior_mean, of draws that are there already.
std::optional<NonInferiority> by_draws(std::vector<double> ahead, double difference,
                                       const MarginOptions& options) {
  std::erase_if(ahead, [](double value) { return std::isnan(value); });
  if (ahead.empty()) return std::nullopt;
  NonInferiority result;
  result.difference = difference;
  const auto beyond =
      std::ranges::count_if(ahead, [&](double value) { return value <= -options.margin; });
  result.p = static_cast<double>(1 + beyond) / static_cast<double>(1 + std::ssize(ahead));
  result.interval = percentile_interval(std::move(ahead), 1.0 - 2.0 * options.alpha);
  result.holds = result.interval.low > -options.margin;
  return result;
}

}  // namespace

std::optional<MarginResult> against_teacher(const DrawnSet& set, size_t model,
                                            bool higher_is_better, double margin,
                                            const VerdictOptions& options) {
  const std::optional<size_t> tuned = set.rows->find(Role::tuned, model);
  const std::optional<size_t> teacher = set.rows->find(Role::teacher);
  if (!tuned || !teacher) return std::nullopt;
  const MarginOptions limits{margin, options.alpha / 2.0};
  const auto compared = compare_rows(set, {*tuned}, {*teacher}, options);
  if (!compared) return std::nullopt;
  MarginResult result;
  result.margin = margin;
  result.rows = compared->rows;
  std::optional<NonInferiority> found;
  if (compared->counts && margin < 1.0) {
    result.method = "tango";
    PairedCounts counts = *compared->counts;
    if (!higher_is_better) std::swap(counts.only_first, counts.only_second);
    found = non_inferior_proportion(counts, limits);
  } else {
    result.method = "bootstrap";
    const double sign = higher_is_better ? 1.0 : -1.0;
    std::vector<double> ahead = replicates_of(set.draws, {*tuned, *teacher});
    for (double& value : ahead) value *= sign;
    found = by_draws(std::move(ahead), sign * compared->difference, limits);
  }
  if (!found) return std::nullopt;
  result.result = *found;
  return result;
}

}  // namespace tuneval
