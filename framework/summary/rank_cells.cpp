#include "framework/summary/rank_cells.h"

#include "framework/statistics/rank_bootstrap.h"

#include <algorithm>
#include <utility>

namespace tuneval {
namespace {

using Role = RowColumn::Role;

void rank_by(std::vector<TaskSummary>& tasks, const RankRules& rules, Ranked ranked) {
  std::vector<TaskScores> scores;
  for (const TaskSummary& task : tasks) {
    TaskScores& one = scores.emplace_back();
    one.higher_is_better = task.higher_is_better;
    for (const CellSummary& cell : task.cells) one.scores.push_back(ranked_value(cell, ranked));
  }
  const RankTable table = rank_table(scores, rules);
  for (size_t i = 0; i < table.tasks.size(); ++i) {
    std::vector<CellSummary>& cells = tasks[table.tasks[i]].cells;
    for (size_t model = 0; model < cells.size(); ++model) {
      cells[model].*rank_member(ranked) = table.ranks[i][model];
    }
  }
}

/// A score on drawn rows, over what of them is scored; the reported one where that is nothing.
double score_on(const RowColumn& column, std::span<const size_t> rows) {
  double sum = 0.0;
  int64_t count = 0;
  for (const size_t row : rows) {
    sum += column.values[row];
    count += column.scored[row];
  }
  return count > 0 ? sum / static_cast<double>(count) + column.shift : column.reported;
}

/// The task's rows, on which every model with them can be ranked anew.
RowsOfTask rows_of(const TaskSummary& task, const RowSet* set, Ranked ranked) {
  RowsOfTask rows;
  rows.higher_is_better = task.higher_is_better;
  if (set) {
    rows.rows = set->rows();
    rows.groups = set->groups;
  }
  rows.score = [&task, set, ranked](size_t model,
                                    std::span<const size_t> drawn) -> std::optional<double> {
    const std::optional<double> value = ranked_value(task.cells[model], ranked);
    if (!value || !set) return value;
    const auto tuned = set->find(Role::tuned, model), base = set->find(Role::base, model);
    const bool has_rows = (ranked == Ranked::base || tuned) && (ranked == Ranked::tuned || base);
    if (!has_rows) return value;
    if (ranked == Ranked::tuned) return score_on(set->columns[*tuned], drawn);
    if (ranked == Ranked::base) return score_on(set->columns[*base], drawn);
    return round_difference(score_on(set->columns[*tuned], drawn) -
                            score_on(set->columns[*base], drawn));
  };
  return rows;
}

Resampled resampled_by(IntervalMethod method) {
  if (method == IntervalMethod::bootstrap_examples) return Resampled::examples;
  return method == IntervalMethod::bootstrap_both ? Resampled::both : Resampled::tasks;
}

/// Intervals of a bootstrap, for all models at once.
std::vector<std::optional<Interval>> drawn_intervals(const Summary& summary, Ranked ranked,
                                                     std::span<const TaskSets> sets,
                                                     const VerdictOptions& options) {
  // Every draw ranks all models on all tasks: fewer draws do, and take seconds.
  constexpr int64_t kMostRankDraws = 2'000;
  const Resampled resampled = resampled_by(summary.interval);
  std::vector<RowsOfTask> tasks;
  for (size_t i = 0; i < summary.tasks.size(); ++i) {
    const bool has_rows = resampled != Resampled::tasks && i < sets.size();
    tasks.push_back(rows_of(summary.tasks[i], has_rows ? sets[i].main() : nullptr, ranked));
  }
  const BootstrapOptions draws{BootstrapMethod::percentile,
                               std::min(kMostRankDraws, options.resamples), options.level,
                               options.seed};
  return bootstrap_mean_ranks(tasks, summary.models.size(), resampled, summary.rules, draws);
}

}  // namespace

std::optional<double> CellSummary::*rank_member(Ranked ranked) {
  switch (ranked) {
    case Ranked::tuned: return &CellSummary::tuned_rank;
    case Ranked::base: return &CellSummary::base_rank;
    case Ranked::delta: break;
  }
  return &CellSummary::delta_rank;
}

std::optional<double> ranked_value(const CellSummary& cell, Ranked ranked) {
  const auto value = [](const std::optional<StageScore>& score) {
    return score ? std::optional(score->value) : std::nullopt;
  };
  switch (ranked) {
    case Ranked::tuned: return value(cell.tuned);
    case Ranked::base: return value(cell.base);
    case Ranked::delta: break;
  }
  return cell.delta ? std::optional(round_difference(*cell.delta)) : std::nullopt;
}

void rank_cells(std::vector<TaskSummary>& tasks, const RankRules& rules) {
  for (const Ranked ranked : {Ranked::base, Ranked::tuned, Ranked::delta}) {
    rank_by(tasks, rules, ranked);
  }
}

std::vector<std::optional<MeanInterval>> mean_ranks_of(const Summary& summary, Ranked ranked,
                                                       std::span<const TaskSets> sets,
                                                       const VerdictOptions& options) {
  std::vector<std::optional<MeanInterval>> means;
  for (size_t model = 0; model < summary.models.size(); ++model) {
    std::vector<double> ranks;
    for (const TaskSummary& task : summary.tasks) {
      const std::optional<double>& rank = task.cells[model].*rank_member(ranked);
      if (rank) ranks.push_back(*rank);
    }
    means.push_back(mean_interval(ranks, summary.interval, options.level));
  }
  if (!is_bootstrap(summary.interval)) return means;
  const auto intervals = drawn_intervals(summary, ranked, sets, options);
  for (size_t model = 0; model < means.size(); ++model) {
    if (means[model]) means[model]->interval = intervals[model];
  }
  return means;
}

}  // namespace tuneval
