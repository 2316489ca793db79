#include "framework/summary/verdict/tunability_ranks.h"

#include "framework/statistics/ranks.h"
#include "framework/statistics/sample.h"

#include <cmath>
#include <utility>

namespace tuneval {
namespace {

using Share = std::optional<double> Tunability::*;

std::optional<double> share_of(const TaskSummary& task, const CellSummary& cell, Share share) {
  const std::optional<Tunability> gained = tunability_of(task, cell);
  // Shares of equal scores may differ in their last digits, as deltas do.
  if (!gained || !((*gained).*share)) return std::nullopt;
  return round_difference(*((*gained).*share));
}

/// The ranks and shares of one model, task by task.
struct Placed {
  std::vector<double> ranks, shares;
};

std::vector<Placed> placed(const Summary& summary, Share share) {
  std::vector<TaskScores> scores;
  for (const TaskSummary& task : summary.tasks) {
    TaskScores& one = scores.emplace_back();
    for (const CellSummary& cell : task.cells) one.scores.push_back(share_of(task, cell, share));
  }
  const RankTable table = rank_table(scores, summary.rules);
  std::vector<Placed> models(summary.models.size());
  for (size_t i = 0; i < table.tasks.size(); ++i) {
    for (size_t model = 0; model < models.size(); ++model) {
      const std::optional<double>& rank = table.ranks[i][model];
      const std::optional<double>& value = scores[table.tasks[i]].scores[model];
      if (rank) models[model].ranks.push_back(*rank);
      if (value) models[model].shares.push_back(*value);
    }
  }
  return models;
}

TunabilityRanking ranking_by(const Summary& summary, const std::string& name, Share share,
                             const VerdictOptions& options) {
  const std::vector<Placed> models = placed(summary, share);
  std::vector<std::string> names;
  std::vector<std::optional<MeanInterval>> ranks;
  for (size_t model = 0; model < models.size(); ++model) {
    names.push_back(summary.models[model].name);
    ranks.push_back(models[model].shares.empty()
                        ? std::nullopt
                        : mean_interval(models[model].ranks, summary.interval, options.level));
  }
  TunabilityRanking found{rank_models(name, names, ranks), {}};
  for (const RankingRow& row : found.ranking.rows) {
    for (size_t model = 0; model < models.size(); ++model) {
      if (names[model] == row.model) found.mean_shares.push_back(mean_of(models[model].shares));
    }
  }
  return found;
}

}  // namespace

std::optional<Tunability> tunability_of(const TaskSummary& task, const CellSummary& cell) {
  if (!cell.base || !cell.tuned) return std::nullopt;
  const double best = task.higher_is_better ? task.highest : task.lowest;
  const auto teacher =
      cell.teacher ? std::optional(cell.teacher->teacher) : std::optional<double>();
  return tunability(cell.base->value, cell.tuned->value, task.higher_is_better,
                    std::isfinite(best) ? std::optional(best) : std::nullopt, teacher);
}

std::vector<TunabilityRanking> tunability_ranks(const Summary& summary,
                                                const VerdictOptions& options) {
  std::vector<TunabilityRanking> found;
  for (TunabilityRanking ranking :
       {ranking_by(summary, "headroom", &Tunability::share_of_headroom, options),
        ranking_by(summary, "gap", &Tunability::share_of_gap, options)}) {
    if (!ranking.ranking.rows.empty()) found.push_back(std::move(ranking));
  }
  return found;
}

}  // namespace tuneval
