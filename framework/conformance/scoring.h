#pragma once

#include "tuneval/metric/metric.h"
#include "tuneval/task/task_type.h"

#include <string>
#include <vector>

namespace tuneval {

/// A sample's options and rows, as a pack's would come.
TaskOptions sample_options(const TaskSample& sample);
std::vector<Row> sample_rows(const TaskSample& sample);

/// Scores that point into the examples and predictions they were made of, which must outlive them.
struct ScoredSet {
  std::vector<Scored> scored;
  std::vector<std::string> unscored;  ///< the reasons
};

/// Fails the check for a value that is not finite or outside of the metric's bounds.
ScoredSet score_all(const Metric& metric, const std::vector<Example>& examples,
                    const std::vector<Prediction>& predictions);
ScoredSet score_all(const Metric&, const std::vector<Example>&, std::vector<Prediction>&&) = delete;

double best_value(const Metric& metric);

/// Fails the check unless every prediction is scored and the aggregate is the best value.
std::string require_best(const Metric& metric, const std::vector<Example>& examples,
                         const std::vector<Prediction>& predictions);

}  // namespace tuneval
