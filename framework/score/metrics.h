#pragma once

#include "framework/data/task_data.h"
#include "framework/record/predictions.h"
#include "framework/record/record.h"
#include "framework/score/judge.h"
#include "tuneval/plugin.h"

#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// What a task's test completions are worth: scores every prediction under each metric, adds the
/// sample scores to `rows` (one a test example, in order) and returns the aggregates with what
/// stands behind them. An unscored example counts in neither; a row without an answer
/// (PredictionRow::unanswered) is unscored for that reason.
///
/// `judge` is asked for the metrics that need one; without it they leave every example unscored.
std::vector<MetricValue> score_predictions(const TaskData& task, const Registry& registry,
                                           std::span<const std::string> metrics,
                                           std::span<const Prediction> predictions,
                                           std::vector<PredictionRow>& rows,
                                           const Judge* judge = nullptr);

}  // namespace tuneval
