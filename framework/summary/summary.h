#pragma once

#include "framework/record/record.h"
#include "framework/summary/ranks.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// A cell of the run, by the names of its model and its task.
struct PlannedCell {
  std::string model, task;
  std::string id;  ///< when not empty, only the record of this id counts
};

struct SummaryOptions {
  IntervalMethod interval = IntervalMethod::published;
  /// The cells of the run in its order, which is also the order of models and tasks. When empty:
  /// every model of the records with every task of them, by name.
  std::vector<PlannedCell> planned;
};

enum class CellState {
  done,
  failed,
  left,         ///< planned, and without a record
  not_planned,  ///< this model does not take this task
};
std::string_view to_string(CellState state);

/// A score, and how many test examples it stands on.
struct StageScore {
  double value = 0.0;
  int64_t scored = 0, unscored = 0;

  bool operator==(const StageScore&) const = default;
};

/// A figure behind a metric's value (MetricValue::details), before tuning and after.
struct DetailSummary {
  std::string metric, name;
  std::optional<double> base, tuned;

  bool operator==(const DetailSummary&) const = default;
};

/// One cell in its task's table: the scores are the task's headline metric, unrounded.
struct CellSummary {
  std::string model, task;
  CellState state = CellState::left;
  std::string id;  ///< empty without a record
  std::optional<StageScore> base, tuned;
  std::optional<double> delta;  ///< tuned - base, in the metric's own unit
  std::optional<int64_t> base_rank, tuned_rank, delta_rank;
  std::optional<CellError> error;  ///< there exactly when failed
  double seconds = 0.0;
  int64_t peak_memory_bytes = 0;
  std::vector<DetailSummary> details;  ///< of all its metrics
};

/// One task: a cell for each model, in the order of Summary::models.
struct TaskSummary {
  std::string name, task_type, metric;  ///< task_type and metric are empty while no cell is done
  bool higher_is_better = true;
  std::vector<CellSummary> cells;
};

/// One model over its tasks.
struct ModelSummary {
  std::string name, model_type;
  int64_t parameters = 0;
  /// Mean ranks over the tasks where the model has that score; none where it has none at all.
  std::optional<MeanInterval> base, tuned, delta;
};

/// A model's place in one of the three rankings.
struct RankingRow {
  int64_t position = 1;  ///< equal means share the lower number
  std::string model;
  MeanInterval rank;
};

/// The models by mean rank, the best (lowest) first; a model without any such score is left out.
struct Ranking {
  std::string name;  ///< "tuned", "base" or "delta"
  std::vector<RankingRow> rows;
};

/// All that a report says.
struct Summary {
  IntervalMethod interval = IntervalMethod::published;
  std::vector<ModelSummary> models;
  std::vector<TaskSummary> tasks;
  std::vector<Ranking> rankings;   ///< tuned, base, delta
  std::vector<std::string> notes;  ///< what a reader must know before comparing: one sentence each

  /// The cells in that state, task by task.
  std::vector<const CellSummary*> cells_in(CellState state) const;
};

/// Ranks the models on each task among those that have it, then averages each model's ranks over
/// its tasks. Of several records of one cell the one that finished last counts, a done one before a
/// failed one; a note names the others. A failed cell's base score counts where it has one.
Summary summarise(std::span<const CellRecord> records, const SummaryOptions& options = {});

}  // namespace tuneval
