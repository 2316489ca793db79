#pragma once

#include "framework/summary/summary.h"
#include "framework/summary/verdict/verdict.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// One of the two runs that are compared.
struct ComparedRun {
  std::string name;
  std::vector<CellRecord> records;
  PredictionSource predictions = {};  ///< empty: nothing is said of single examples
};

struct CompareOptions {
  std::string metric = {};  ///< empty: each cell's headline
  /// Of the intervals and tests; `multiple` is over all cells.
  VerdictOptions tests = {};
  /// A change for the worse past it (−0.02: by more than 0.02), and by more than noise, fails; at
  /// most 0. None: nothing fails.
  std::optional<double> fail_below = {};
};

/// A cell of both runs, by its score after tuning; before it, where it is not tuned. Differences
/// are second − first.
struct ComparedCell {
  CellKind kind = CellKind::model;
  std::string model, task;
  uint64_t first_seed = 0, second_seed = 0;
  std::optional<double> rate;  ///< of a cell of the band
  std::string first_id, second_id;
  Stage stage = Stage::tuned;
  std::string metric;
  bool higher_is_better = true;
  /// None where that run has no such score, and then why not is in `note`.
  std::optional<double> first, second;
  std::optional<double> delta;
  /// Of the examples that both scored, `adjusted` over all cells; none where they cannot be paired,
  /// and then `note` says why.
  std::optional<PairedResult> paired;
  /// `first_only` are examples lost, `second_only` those gained.
  std::optional<Agreement> changes;
  std::string note;
  bool fails = false;         ///< by CompareOptions::fail_below
  std::string title() const;  ///< "tiny-qwen3 on topics", with kind and rate where they matter
};

/// A setting, file or version that is not the same in both runs.
struct RunChange {
  std::string what;           ///< "recipe.learning_rate", "data of topics", "plugin accuracy"
  std::string first, second;  ///< values; empty where that run has none
  int64_t cells = 0;          ///< compared ones that it is true of

  bool operator==(const RunChange&) const = default;
};

/// A model's place in one ranking of each run, over the tasks that each has.
struct RankChange {
  std::string ranking, model;
  RankingRow first, second;
};

struct RunComparison {
  std::string first, second;  ///< names of the runs
  CompareOptions options;
  std::vector<ComparedCell> cells;                   ///< by model, then task
  std::vector<std::string> only_first, only_second;  ///< titles of cells that one run alone has
  std::vector<RunChange> changes;                    ///< by `what`
  std::vector<RankChange> ranks;                     ///< of models that both rank, by ranking
  std::vector<std::string> notes;
  std::vector<std::string> failures;  ///< why the second run does not pass; a sentence each

  int64_t count(Told told) const;  ///< of cells whose examples were paired
};

/// Pairs cells by model, task, kind, seed and learning rate; what is left, where each run has one
/// record more of a model and task, by these alone: a recipe compared with another.
RunComparison compare_runs(const ComparedRun& first, const ComparedRun& second,
                           const CompareOptions& options = {});

}  // namespace tuneval
