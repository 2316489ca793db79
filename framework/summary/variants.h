#pragma once

#include "framework/record/record.h"
#include "framework/statistics/ranks.h"
#include "framework/statistics/variance.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

struct Selection;
struct StageScore;
struct Summary;
struct TaskSummary;
class TaskRows;

/// A model tuned on a task with one of several seeds. Scores are under the task's headline.
struct SeedRun {
  uint64_t seed = 0;
  std::string id;  ///< empty without a record
  std::optional<double> tuned;
  std::optional<CellError> error;  ///< there exactly when failed
};

/// A model and task that were run with several seeds.
struct SeedSummary {
  std::string model, task;
  std::vector<SeedRun> runs;         ///< at least two; the first seed's first
  std::optional<SeedSpread> spread;  ///< of the tuned scores; none for fewer than two
  std::optional<double> worst;       ///< of the tuned scores
  /// Seed and test rows apart; none without the predictions of two seeds on the same rows, and
  /// where the headline is no mean of its examples' scores.
  std::optional<VarianceParts> variance;
};

/// How far scores on a task come apart by the seed alone (noise_floor in statistics/detectable.h),
/// pooled over the models that were repeated.
struct TaskNoise {
  std::string task;
  double floor = 0.0;  ///< of means over `seeds` seeds; in the metric's own unit
  int64_t seeds = 1;   ///< as many as each of the models has at least
};

/// A model tuned on a task with the first seed and one learning rate.
struct RateRun {
  double learning_rate = 0.0;
  std::string id;                         ///< empty without a record
  bool own = false;                       ///< whether it is the recipe's own
  bool chosen = false;                    ///< whether its loss on the rows held out is the least
  std::optional<double> validation_loss;  ///< the least over its epochs: of the weights kept
  std::optional<double> tuned;
  std::optional<CellError> error;  ///< there exactly when failed
};

/// A model and task that were run with a band of learning rates.
struct BandSummary {
  std::string model, task;
  std::vector<RateRun> runs;  ///< by rising rate

  const RateRun* own() const;     ///< null where the recipe's own is not among them
  const RateRun* chosen() const;  ///< null where no run has a validation loss
};

/// A model's mean ranks over the tasks with a band, by the first seed alone: under the one recipe,
/// and with each task's rate chosen on validation data.
struct BandRank {
  std::string model;
  double own = 0.0, chosen = 0.0;                 ///< mean ranks, lower is better
  int64_t own_position = 1, chosen_position = 1;  ///< equal means share the lower number
  int64_t tasks = 0;
};

/// How a model came on while it was tuned on a task, epoch by epoch; by the record that speaks.
struct CurveSummary {
  std::string model, task;
  std::vector<TuneEpoch> epochs;
};

/// What other seeds and other learning rates showed, and each epoch.
struct VariantSummary {
  std::vector<SeedSummary> seeds;      ///< task by task
  std::vector<TaskNoise> noise;        ///< of tasks with repeats
  std::vector<BandSummary> bands;      ///< task by task
  std::vector<BandRank> band_ranking;  ///< by the chosen rates, the best first
  std::vector<CurveSummary> curves;    ///< task by task; of cells that have one
};

/// A cell's tuned score: of several seeds the mean over those that have one, standing on the first
/// one's examples. `notes` are told what is missing, and of seeds that have no score.
std::optional<StageScore> tuned_score(const Selection& selection, const std::string& model,
                                      const TaskSummary& task, std::vector<std::string>& notes);

/// Of a summary whose tasks are done. `rules` are those of the ranking. A rate is chosen by the
/// loss on the rows held out alone; test scores have no say. `rows`: the predictions of each task.
/// `notes` are told of runs of the band that failed.
VariantSummary add_variants(const Summary& summary, const Selection& selection,
                            std::span<TaskRows> rows, const RankRules& rules,
                            std::vector<std::string>& notes);

}  // namespace tuneval
