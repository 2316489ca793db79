#include "framework/conformance/scoring.h"

#include "framework/conformance/checker.h"

#include <cmath>

namespace tuneval {

TaskOptions sample_options(const TaskSample& sample) {
  return {.description = "A sample.",
          .options = Config::parse(sample.options, "sample options", ConfigKind::data)};
}

std::vector<Row> sample_rows(const TaskSample& sample) {
  std::vector<Row> rows;
  for (const std::string& row : sample.rows) {
    rows.push_back(Config::parse(row, fmt::format("sample:{}", rows.size() + 1), ConfigKind::data));
  }
  return rows;
}

ScoredSet score_all(const Metric& metric, const std::vector<Example>& examples,
                    const std::vector<Prediction>& predictions) {
  ScoredSet set;
  for (size_t i = 0; i < examples.size(); ++i) {
    const SampleScore score = metric.score(examples[i], predictions[i]);
    if (!score.scored) {
      if (score.reason.empty()) fail_check("{}: unscored without a reason", examples[i].where);
      set.unscored.push_back(fmt::format("{}: {}", examples[i].where, score.reason));
      continue;
    }
    const bool inside = score.value >= metric.lowest() && score.value <= metric.highest();
    if (!inside) {
      fail_check("{}: {} is not between lowest() {} and highest() {}", examples[i].where,
                 score.value, metric.lowest(), metric.highest());
    }
    set.scored.push_back({&examples[i], &predictions[i], score.value});
  }
  return set;
}

double best_value(const Metric& metric) {
  return metric.higher_is_better() ? metric.highest() : metric.lowest();
}

std::string require_best(const Metric& metric, const std::vector<Example>& examples,
                         const std::vector<Prediction>& predictions) {
  const ScoredSet set = score_all(metric, examples, predictions);
  if (!set.unscored.empty()) fail_check("unscored: {}", set.unscored.front());
  const double value = metric.aggregate(set.scored), best = best_value(metric);
  if (!(std::abs(value - best) <= 1e-9 * std::max(1.0, std::abs(best)))) {
    fail_check("{} examples get {}: expected {}", examples.size(), value, best);
  }
  return fmt::format("{} examples get {}", examples.size(), value);
}

}  // namespace tuneval
