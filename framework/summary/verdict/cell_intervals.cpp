#include "framework/summary/verdict/cell_intervals.h"

#include "framework/statistics/intervals.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tuneval {
namespace {

/// The rows that count, with their groups.
struct Rows {
  std::vector<double> values;
  std::vector<std::string> groups;

  Rows(const RowSet& set, const RowColumn& column) {
    for (size_t row = 0; row < set.rows(); ++row) {
      if (!column.scored[row]) continue;
      values.push_back(column.values[row]);
      groups.push_back(set.grouped ? set.groups[row] : std::string());
    }
  }
};

std::optional<Interval> proportion_interval(const Rows& rows, ScoreInterval method, double level) {
  const auto right = std::ranges::count(rows.values, 1.0), count = std::ssize(rows.values);
  switch (method) {
    case ScoreInterval::jeffreys: return jeffreys_interval(right, count, level);
    case ScoreInterval::clopper_pearson: return clopper_pearson_interval(right, count, level);
    default: return wilson_interval(right, count, level);
  }
}

bool are_shares(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return value >= 0.0 && value <= 1.0; });
}

/// Whether the bootstrap cannot see a spread.
bool are_alike(const std::vector<double>& values) {
  return std::ranges::all_of(values, [&](double value) { return value == values[0]; });
}

std::optional<Interval> drawn_interval(const DrawnSet& set, size_t column, const TaskSummary& task,
                                       double level) {
  const std::span<const double> drawn = set.draws.replicates(column);
  std::optional<Interval> interval = interval_of({drawn.begin(), drawn.end()}, level);
  if (!interval) return std::nullopt;
  // Pseudo-values may lie beyond what the metric can be.
  interval->low = std::max(interval->low, task.lowest);
  interval->high = std::min(interval->high, task.highest);
  return interval;
}

}  // namespace

std::optional<RowInterval> cell_interval(const DrawnSet& set, size_t column,
                                         const TaskSummary& task, const VerdictOptions& options) {
  const RowColumn& score = set.rows->columns[column];
  const Rows rows(*set.rows, score);
  RowInterval result;
  result.rows = std::ssize(rows.values);
  if (set.rows->grouped) {
    result.groups = static_cast<int64_t>(Resampler(rows.values.size(), rows.groups).units());
  }
  const bool alike = !score.is_jackknife && are_alike(rows.values) && are_shares(rows.values);
  const bool drawn = options.interval == ScoreInterval::bootstrap || !score.is_proportion;
  std::optional<Interval> interval;
  if (drawn && !alike) {
    result.method = std::string(score.is_jackknife ? "jackknife_" : "") +
                    (set.rows->grouped ? "clustered_bootstrap" : "bootstrap");
    interval = drawn_interval(set, column, task, options.level);
  } else if (set.rows->grouped || !score.is_proportion) {
    result.method = set.rows->grouped ? "clustered_wilson" : "wilson";
    interval = clustered_wilson_interval(rows.values, rows.groups, options.level);
  } else {
    const ScoreInterval method = drawn ? ScoreInterval::wilson : options.interval;
    result.method = to_string(method);
    interval = proportion_interval(rows, method, options.level);
  }
  if (!interval) return std::nullopt;
  result.interval = *interval;
  return result;
}

}  // namespace tuneval
