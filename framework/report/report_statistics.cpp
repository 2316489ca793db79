#include "framework/report/report_statistics.h"

#include "framework/report/confusion.h"
#include "framework/statistics/intervals.h"

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

}  // namespace tuneval
