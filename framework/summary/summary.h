#pragma once

#include "framework/record/predictions.h"
#include "framework/record/record.h"
#include "framework/statistics/mean_rank.h"
#include "framework/statistics/ranks.h"
#include "framework/summary/costs.h"
#include "framework/summary/pairs.h"
#include "framework/summary/ranking.h"
#include "framework/summary/recommendations.h"
#include "framework/summary/variants.h"
#include "framework/summary/verdict/verdict.h"

#include <cstdint>
#include <functional>
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
  CellKind kind = CellKind::model;
  uint64_t seed = 0;
  std::optional<double> learning_rate = {};  ///< of a cell of the band
};

/// The predictions of a record's stage; none where there are none. May throw tuneval::Error.
using PredictionSource =
    std::function<std::optional<std::vector<PredictionRow>>(const std::string& id, Stage stage)>;

struct SummaryOptions {
  IntervalMethod interval = IntervalMethod::published;
  /// The cells of the run in its order, which is also the order of models and tasks. When empty:
  /// every model of the records with every task of them, by name, and what stands beside them.
  std::vector<PlannedCell> planned;
  /// For what is compared example by example (predictions_in); empty: records alone speak.
  PredictionSource predictions = {};
  /// By how much a student may lie behind the teacher and count as its equal; none: as the
  /// teacher's record says.
  std::optional<double> margin = {};
  std::vector<int64_t> max_parameters = {};  ///< sizes to recommend a model below
  RankRules rules = {};
  VerdictOptions verdict = {};  ///< its level is that of every interval
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

/// A tuned model, the student, beside the task's teacher.
struct TeacherComparison {
  double teacher = 0.0;                ///< the teacher's score
  double delta = 0.0;                  ///< tuned − teacher, in the metric's own unit
  std::optional<double> gap_closed;    ///< see gap_closed(); none without a base score too
  bool as_good = false;                ///< no further behind the teacher than the margin
  std::optional<Agreement> agreement;  ///< the student first; none without both their predictions
};

/// What models are compared with on one task, in the order of the run. It takes no rank.
struct BaselineSummary {
  CellKind kind = CellKind::teacher;
  std::string name, task;
  std::string model;  ///< a teacher's, as its server calls it
  CellState state = CellState::left;
  std::string id;  ///< empty without a record
  std::optional<StageScore> score;
  std::optional<CellError> error;  ///< there exactly when failed
  double seconds = 0.0;
};

/// One cell in its task's table: the scores are the task's headline metric, unrounded.
struct CellSummary {
  std::string model, task;
  CellState state = CellState::left;
  std::string id;  ///< empty without a record
  std::optional<StageScore> base, tuned;
  std::optional<double> delta;  ///< tuned - base, in the metric's own unit
  std::optional<double> base_rank, tuned_rank, delta_rank;  ///< by SummaryOptions::rules
  std::optional<CellError> error;                           ///< there exactly when failed
  double seconds = 0.0;
  int64_t peak_memory_bytes = 0;
  std::vector<DetailSummary> details;        ///< of all its metrics
  std::optional<StageScore> seed_only = {};  ///< of the same model tuned on the seed rows alone
  std::optional<TeacherComparison> teacher = {};
  /// What tuning changed, example by example: `first_only` are gains, `second_only` regressions.
  std::optional<Agreement> changes = {};
};

/// One task: a cell for each model, in the order of Summary::models.
struct TaskSummary {
  std::string name, task_type, metric;  ///< task_type and metric are empty while no cell is done
  bool higher_is_better = true;
  double lowest = 0.0, highest = 1.0;  ///< of the metric; may be infinite
  std::vector<CellSummary> cells;
  std::vector<BaselineSummary> baselines = {};
};

/// One model over its tasks.
struct ModelSummary {
  std::string name, model_type;
  int64_t parameters = 0;
  /// Mean ranks over the tasks where the model has that score; none where it has none at all.
  std::optional<MeanInterval> base, tuned, delta;
};

/// All that a report says.
struct Summary {
  IntervalMethod interval = IntervalMethod::published;
  RankRules rules = {};
  std::vector<ModelSummary> models;
  std::vector<TaskSummary> tasks;
  std::vector<Ranking> rankings;  ///< tuned, base, delta
  VariantSummary variants = {};   ///< other seeds, other learning rates
  CostSummary costs = {};
  std::vector<Recommendation> recommendations = {};
  std::vector<std::string> notes;  ///< what a reader must know before comparing: one sentence each
  Verdict verdict = {};            ///< what the test rows say of all of these

  /// The cells in that state, task by task.
  std::vector<const CellSummary*> cells_in(CellState state) const;
  std::vector<const BaselineSummary*> baselines_in(CellState state) const;
};

/// Ranks the models on each task among those that have it, then averages each model's ranks over
/// its tasks. Of several records of one cell the one that finished last counts, a done one before a
/// failed one; a note names the others. A failed cell's base score counts where it has one. What is
/// no model of the manifest, and seed-only tuning, stands beside the models and is not ranked.
Summary summarise(std::span<const CellRecord> records, const SummaryOptions& options = {});

}  // namespace tuneval
