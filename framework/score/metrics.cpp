#include "framework/score/metrics.h"

#include "framework/score/jackknife.h"
#include "framework/score/judged_scores.h"

#include <utility>

namespace tuneval {

namespace {

std::vector<SampleScore> score_samples(const Metric& metric, const TaskData& task,
                                       std::span<const Prediction> predictions,
                                       std::span<const PredictionRow> rows) {
  std::vector<SampleScore> samples;
  for (size_t i = 0; i < predictions.size(); ++i) {
    samples.push_back(rows[i].unanswered.empty() ? metric.score(task.test[i], predictions[i])
                                                 : SampleScore::unscored(rows[i].unanswered));
  }
  return samples;
}

/// Tells the rows at these places what each does to the metric's value.
void add_jackknife(const std::string& name, const Metric& metric, std::span<const Scored> scored,
                   double value, std::span<const size_t> places, std::vector<PredictionRow>& rows) {
  const std::vector<double> values = jackknife_values(metric, scored, value);
  for (size_t i = 0; i < values.size(); ++i)
    rows[places[i]].jackknife.emplace_back(name, values[i]);
}

MetricValue apply_metric(const std::string& name, const Metric& metric, const TaskData& task,
                         std::span<const Prediction> predictions, std::vector<PredictionRow>& rows,
                         const Judge* judge) {
  MetricValue value{.name = name,
                    .higher_is_better = metric.higher_is_better(),
                    .lowest = metric.lowest(),
                    .highest = metric.highest(),
                    .details = {}};
  JudgedScores judged;
  const auto* asks = judge ? dynamic_cast<const Judged*>(&metric) : nullptr;
  if (asks) {
    judged = judge_predictions(*asks, *judge, task.test, predictions, rows);
    value.judge = judge->name;
  } else {
    judged.samples = score_samples(metric, task, predictions, rows);
  }
  std::vector<Scored> scored;
  std::vector<size_t> places;
  for (size_t i = 0; i < predictions.size(); ++i) {
    SampleScore& sample = judged.samples[i];
    if (sample.scored) {
      scored.push_back({&task.test[i], &predictions[i], sample.value});
      places.push_back(i);
    } else {
      ++value.unscored;
    }
    rows[i].scores.emplace_back(name, std::move(sample));
  }
  value.scored = int64_t(scored.size());
  if (!scored.empty()) {
    value.value = metric.aggregate(scored);
    add_jackknife(name, metric, scored, value.value, places, rows);
    for (MetricDetail& detail : metric.details(scored)) {
      value.details.emplace_back(std::move(detail.name), detail.value);
    }
  }
  for (auto& detail : judged.details) value.details.push_back(std::move(detail));
  return value;
}

}  // namespace

std::vector<MetricValue> score_predictions(const TaskData& task, const Registry& registry,
                                           std::span<const std::string> metrics,
                                           std::span<const Prediction> predictions,
                                           std::vector<PredictionRow>& rows, const Judge* judge) {
  std::vector<MetricValue> values;
  for (const std::string& name : metrics) {
    values.push_back(apply_metric(name, *make_metric(registry, task.pack, name), task, predictions,
                                  rows, judge));
  }
  return values;
}

}  // namespace tuneval
