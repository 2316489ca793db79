#include "framework/score/metrics.h"

#include <utility>

namespace tuneval {

namespace {

MetricValue apply_metric(const std::string& name, const Metric& metric, const TaskData& task,
                         std::span<const Prediction> predictions,
                         std::vector<PredictionRow>& rows) {
  MetricValue value{.name = name,
                    .higher_is_better = metric.higher_is_better(),
                    .lowest = metric.lowest(),
                    .highest = metric.highest(),
                    .details = {}};
  std::vector<Scored> scored;
  for (size_t i = 0; i < predictions.size(); ++i) {
    SampleScore sample = metric.score(task.test[i], predictions[i]);
    if (sample.scored) {
      scored.push_back({&task.test[i], &predictions[i], sample.value});
    } else {
      ++value.unscored;
    }
    rows[i].scores.emplace_back(name, std::move(sample));
  }
  value.scored = int64_t(scored.size());
  if (scored.empty()) return value;
  value.value = metric.aggregate(scored);
  for (MetricDetail& detail : metric.details(scored)) {
    value.details.emplace_back(std::move(detail.name), detail.value);
  }
  return value;
}

}  // namespace

std::vector<MetricValue> score_predictions(const TaskData& task, const Registry& registry,
                                           std::span<const std::string> metrics,
                                           std::span<const Prediction> predictions,
                                           std::vector<PredictionRow>& rows) {
  std::vector<MetricValue> values;
  for (const std::string& name : metrics) {
    values.push_back(
        apply_metric(name, *make_metric(registry, task.pack, name), task, predictions, rows));
  }
  return values;
}

}  // namespace tuneval
