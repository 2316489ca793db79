#pragma once

#include "framework/record/predictions.h"
#include "framework/record/record.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace tuneval {

inline ScoreSummary score_of(double value, const std::string& metric = "accuracy") {
  ScoreSummary score;
  score.metrics = {{metric, value, 100, 0, true, 0.0, 1.0}};
  score.examples = 100;
  return score;
}

/// A done cell with these scores.
inline CellRecord record_of(const std::string& model, const std::string& task,
                            std::optional<double> base, std::optional<double> tuned) {
  CellRecord record;
  record.id = fmt::format("{}-{}", model, task);
  record.model.name = model;
  record.task.name = task;
  record.task.task_type = "classification";
  if (base) record.base = score_of(*base);
  if (tuned) record.tuned = score_of(*tuned);
  record.finished = "2026-03-16T20:46:16Z";
  return record;
}

inline CellRecord failed_record(const std::string& model, const std::string& task) {
  CellRecord record = record_of(model, task, std::nullopt, std::nullopt);
  record.status = "failed";
  record.error = CellError{"TuneError", "the loss is nan at step 3"};
  return record;
}

/// Test rows with these values, in their order.
inline std::vector<PredictionRow> rows(const std::vector<double>& values) {
  std::vector<PredictionRow> rows(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    rows[i].where = fmt::format("test.jsonl:{}", i + 1);
    rows[i].scores = {{"accuracy", SampleScore::of(values[i])}};
  }
  return rows;
}

}  // namespace tuneval
