#pragma once

#include "framework/statistics/detectable.h"
#include "framework/statistics/equivalence.h"
#include "framework/statistics/format_gain.h"
#include "framework/statistics/over_tasks.h"
#include "framework/statistics/paired.h"
#include "framework/statistics/tunability.h"
#include "framework/summary/ranking.h"
#include "framework/summary/verdict/options.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What models are compared by: their tuned scores, their base scores, or what tuning added.
enum class Ranked { tuned, base, delta };
std::string_view to_string(Ranked ranked);  ///< "tuned", "base", "delta"

/// The interval of a score over its test rows.
struct RowInterval {
  /// "wilson", "jeffreys", "clopper_pearson", "clustered_wilson", "bootstrap" or
  /// "clustered_bootstrap"; with "jackknife_" before the last two where the metric is no mean of
  /// its rows' scores, and what each row does to its value is drawn.
  std::string method;
  Interval interval;
  int64_t rows = 0;
  int64_t groups = 0;  ///< conversations or passages that the rows are of; 0 where none has several

  bool operator==(const RowInterval&) const = default;
};

/// What a difference of two scores turned out to be.
enum class Told {
  better,  ///< the first is better, and by more than noise
  worse,
  noise,  ///< cannot be told from noise
};
std::string_view to_string(Told told);  ///< "better", "worse", "noise"

/// Two scores on the same test rows.
struct PairedResult {
  double difference = 0.0;             ///< first − second, in the metric's own unit
  std::optional<Interval> interval;    ///< of the difference, by the paired bootstrap
  std::string test;                    ///< "mcnemar" (exact), "sign_flips" or "bootstrap"
  double p = 1.0;                      ///< two-sided
  double adjusted = 1.0;               ///< over all tests of the table that this one stands in
  int64_t rows = 0;                    ///< that both scored
  std::optional<PairedCounts> counts;  ///< of right and wrong answers
  /// The least difference that as many rows show, in a test by itself, at the options' power; and
  /// how many rows the one seen would need. None where it cannot be told.
  std::optional<double> detectable;
  std::optional<int64_t> rows_needed;
  Told told = Told::noise;  ///< by `adjusted`, and by the noise floor where there is one
};

/// A student against the teacher: whether it is worse by less than the margin.
struct MarginResult {
  std::string method;   ///< "tango" or "bootstrap"
  double margin = 0.0;  ///< in the metric's own unit
  /// `difference` is student − teacher, turned about where lower is better.
  NonInferiority result;
  int64_t rows = 0;
};

/// What its rows say of one model on one task; none of what there are no predictions for.
struct CellVerdict {
  std::string model, task;
  std::optional<RowInterval> base, tuned;
  std::optional<PairedResult> effect;  ///< tuned − base; adjusted over the whole matrix
  std::optional<FormatGain> format;    ///< negated scores where lower is better
  std::optional<Tunability> tunability;
  std::optional<MarginResult> teacher;
};

/// Two models on one task, or over several. The better one by score is the first, of equal ones
/// that which comes first by name.
struct ModelPair {
  std::string first, second;
  PairedResult result;
};

/// All pairs of the models on one task under one ranking, adjusted over these pairs.
struct TaskPairs {
  Ranked ranked = Ranked::tuned;
  std::vector<ModelPair> pairs;
  /// Models that cannot be told apart, best first; groups overlap, and every model with such a
  /// score and rows to compare is in one at least.
  std::vector<std::vector<std::string>> groups;
};

/// What a task's test set can show, of its tuned scores (base ones where there are no others).
struct TestPower {
  Ranked ranked = Ranked::tuned;
  int64_t rows = 0;
  int64_t groups = 0;  ///< as RowInterval's
  std::string best;    ///< the model with the best score
  double score = 0.0;  ///< its
  /// Differences from it that models on rows of their own need; none of other than right and wrong.
  Detectable unpaired;
  /// The median over pairs of the least difference that these rows show.
  std::optional<double> paired;
  std::string second;                  ///< the next best one; empty for one model alone
  std::optional<double> difference;    ///< best − second
  std::optional<int64_t> rows_needed;  ///< to show it; none where they are equal
};

struct TaskVerdict {
  std::string task, metric;
  int64_t resamples = 0;              ///< draws; 0 where nothing was drawn
  std::vector<TaskPairs> pairs;       ///< tuned, base, delta, as far as two models have rows
  std::optional<double> noise_floor;  ///< of seeds; a smaller difference is no win
  std::optional<TestPower> power;

  const TaskPairs* by(Ranked ranked) const;  ///< null where there are no pairs
};

/// A ranking's models over the tasks that all of them have.
struct OverTasks {
  Ranked ranked = Ranked::tuned;
  std::vector<std::string> models;  ///< best mean rank first
  std::vector<std::string> tasks;
  std::vector<double> mean_ranks;    ///< of `models`, ties by the average
  FriedmanTest friedman;             ///< its mean ranks are those above
  double critical_difference = 0.0;  ///< Nemenyi's, of mean ranks
  std::vector<std::vector<std::string>> nemenyi_groups;
  std::vector<PairTest> wilcoxon;  ///< places in `models`; adjusted by Holm
  double least_wilcoxon = 1.0;     ///< what its adjusted p cannot be less than with as many tasks
  std::vector<std::vector<std::string>> wilcoxon_groups;
  /// The same tasks, other test rows: differences of the models' mean scores over the tasks, each
  /// scaled to 0 … 1 from the metric's worst to its best; paired bootstrap of the rows of all
  /// tasks. Empty where a model has no predictions of a task, or a metric no such scale.
  std::vector<ModelPair> row_pairs;
  std::vector<std::vector<std::string>> row_groups;
};

/// A ranking by a share of what there was to gain: "headroom" or "gap".
struct TunabilityRanking {
  Ranking ranking;
  std::vector<double> mean_shares;  ///< of its rows, over the tasks of each
};

/// What the test rows say of a summary's scores, differences and ranks.
struct Verdict {
  VerdictOptions options;
  std::vector<CellVerdict> cells;     ///< task by task; only what something is said of
  std::vector<TaskVerdict> tasks;     ///< those whose rows were compared
  std::vector<OverTasks> over_tasks;  ///< tuned, base, delta: where two models share two tasks
  std::vector<TunabilityRanking> tunability;

  const CellVerdict* cell(std::string_view model, std::string_view task) const;
  const TaskVerdict* task(std::string_view name) const;
  const OverTasks* over(Ranked ranked) const;
};

/// The groups' names for tables: each model's letters, "a" for the first group. A model in no group
/// has none.
std::string letters_of(const std::string& model, std::span<const std::vector<std::string>> groups);

}  // namespace tuneval
