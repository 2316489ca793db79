#pragma once

#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "framework/summary/summary.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// The predictions of one cell at one stage.
struct StagePredictions {
  std::string id, model;  ///< of the cell; of a baseline `model` is its title
  Stage stage = Stage::base;
  std::vector<PredictionRow> rows;  ///< by index
};

/// Those of all cells of one task, in the order of its cells, base before tuned; then those of its
/// baselines, by their titles.
struct TaskPredictions {
  std::string task;
  std::vector<StagePredictions> stages;

  /// Null where the cell has none at that stage.
  const StagePredictions* find(const std::string& id, Stage stage) const;
};

/// Reads what the run folder has of them. A file that is not there is none; one that
/// cannot be read becomes a sentence in `faults`.
TaskPredictions read_task_predictions(const TaskSummary& task, const RecordStore& store,
                                      std::vector<std::string>& faults);

}  // namespace tuneval
