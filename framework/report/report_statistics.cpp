#include "framework/report/report_statistics.h"

#include "framework/report/confusion.h"
#include "framework/statistics/intervals.h"
#include "framework/statistics/over_tasks.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// The scores of one metric, as far as they are there.
std::vector<double> scores_of(const StagePredictions& stage, const std::string& metric) {
  std::vector<double> scores;
  for (const PredictionRow& row : stage.rows) {
    for (const auto& [name, score] : row.scores) {
      if (name == metric && score.scored) scores.push_back(score.value);
    }
  }
  return scores;
}

/// Of a metric that is the mean of its examples' scores, 0 or 1 each: Wilson's. Others have none
/// here: their value need not be a mean of scores.
Json interval_of(const StagePredictions& stage, const MetricValue& metric) {
  const std::vector<double> scores = scores_of(stage, metric.name);
  const auto right = std::ranges::count(scores, 1.0);
  const auto count = std::ssize(scores);
  if (count == 0 || right + std::ranges::count(scores, 0.0) != count) return nullptr;
  const double mean = static_cast<double>(right) / static_cast<double>(count);
  if (std::abs(mean - metric.value) > 1e-9) return nullptr;
  const auto interval = wilson_interval(right, count);
  return {{"method", "wilson"}, {"low", interval->low}, {"high", interval->high}};
}

Json json_of(const std::optional<Confusion>& confusion) {
  if (!confusion) return nullptr;
  Json counts = Json::array();
  for (const Confusion::Count& one : confusion->counts) {
    counts.push_back({one.reference, one.prediction, one.count});
  }
  return {{"labels", confusion->labels}, {"counts", counts}};
}

/// On how many tasks each model of the ranking has a rank; 0 where one lacks a task of another, for
/// then their means do not compare.
int64_t shared_tasks(const Summary& summary, const Ranking& ranking) {
  const auto rank = ranking.name == "tuned"  ? &CellSummary::tuned_rank
                    : ranking.name == "base" ? &CellSummary::base_rank
                                             : &CellSummary::delta_rank;
  const auto has_rank = [&](const CellSummary& cell) { return (cell.*rank).has_value(); };
  const int64_t tasks = std::ranges::count_if(summary.tasks, [&](const TaskSummary& task) {
    return std::ranges::any_of(task.cells, has_rank);
  });
  const auto has_all = [&](const RankingRow& row) { return row.rank.n == tasks; };
  return std::ranges::all_of(ranking.rows, has_all) ? tasks : 0;
}

}  // namespace

Json cell_statistics(const CellRecord& record, const TaskPredictions& predictions) {
  Json json = Json::object();
  const auto add = [&](Stage stage, const std::optional<ScoreSummary>& score) {
    const StagePredictions* found = predictions.find(record.id, stage);
    if (!found || !score || score->metrics.empty()) return;
    json[std::string(to_string(stage))] = {{"interval", interval_of(*found, score->metrics[0])},
                                           {"confusion", json_of(confusion_of(found->rows))}};
  };
  add(Stage::base, record.base);
  add(Stage::tuned, record.tuned);
  return json;
}

Json ranking_groups(const Summary& summary, const Ranking& ranking) {
  const int64_t tasks = shared_tasks(summary, ranking);
  if (tasks < 2 || ranking.rows.size() < 2) return nullptr;
  std::vector<double> means;
  for (const RankingRow& row : ranking.rows) means.push_back(row.rank.mean);
  const double difference =
      nemenyi_critical_difference(static_cast<int>(ranking.rows.size()), tasks);
  Json groups = Json::array();
  for (const auto& group : indistinguishable(means, apart_by_difference(means, difference))) {
    if (group.size() > 1) groups.push_back({std::ranges::min(group), std::ranges::max(group)});
  }
  return {{"method", "nemenyi"},
          {"critical_difference", difference},
          {"tasks", tasks},
          {"groups", groups}};
}

}  // namespace tuneval
