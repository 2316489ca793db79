#include "framework/summary/variants.h"

#include "framework/statistics/detectable.h"
#include "framework/summary/bands.h"
#include "framework/summary/score_under.h"
#include "framework/summary/selection.h"
#include "framework/summary/summary.h"
#include "framework/summary/task_rows.h"
#include "framework/summary/variant_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuneval {
namespace {

using Name = Selection::Name;

/// The seeds of one cell, and what is to be said of them.
class Seeds {
 public:
  Seeds(const Selection& selection, const TaskSummary& task, const std::string& model,
        TaskRows& rows)
      : task_(task),
        rows_(rows),
        records_(records_of(selection.seeds, {CellKind::model, model, task.name})),
        missing_(missing_cells(selection, {CellKind::model, model, task.name}, false, records_)) {
    made_.model = model;
    made_.task = task.name;
  }

  /// None for a cell of one seed.
  std::optional<SeedSummary> summary() {
    if (records_.size() + missing_.size() < 2 || records_.empty()) return std::nullopt;
    for (const CellRecord* record : records_) {
      made_.runs.push_back(
          {record->seed, record->id, tuned_of(*record, task_.metric), record->error});
    }
    for (const PlannedCell& cell : missing_) made_.runs.push_back({cell.seed, {}, {}, {}});
    std::vector<double> scores;
    for (const SeedRun& run : made_.runs) {
      if (run.tuned) scores.push_back(*run.tuned);
    }
    made_.spread = seed_spread(scores);
    if (!scores.empty()) {
      made_.worst = task_.higher_is_better ? std::ranges::min(scores) : std::ranges::max(scores);
    }
    made_.variance = variance();
    return std::move(made_);
  }

 private:
  /// Of the seeds that have a score, on the rows that all of them scored.
  std::optional<VarianceParts> variance() {
    std::vector<std::vector<ExampleValue>> values;
    for (const SeedRun& run : made_.runs) {
      if (!run.tuned) continue;
      const auto one = values_if_mean(run);
      if (!one) return std::nullopt;
      if (!values.empty() && !are_same_examples(values[0], *one)) return std::nullopt;
      values.push_back(*one);
    }
    if (values.size() < 2) return std::nullopt;
    std::vector<std::vector<double>> scores(values.size());
    for (size_t row = 0; row < values[0].size(); ++row) {
      const auto has = [&](const auto& seed) { return seed[row].value.has_value(); };
      if (!std::ranges::all_of(values, has)) continue;
      for (size_t seed = 0; seed < values.size(); ++seed) {
        scores[seed].push_back(*values[seed][row].value);
      }
    }
    return variance_same_rows(scores);
  }

  /// A run's values by row, where their mean is the run's score.
  std::optional<std::vector<ExampleValue>> values_if_mean(const SeedRun& run) {
    const ExampleRows* rows = rows_.find(run.id, Stage::tuned);
    if (!rows) return std::nullopt;
    double sum = 0.0, count = 0.0;
    for (const ExampleValue& one : rows->values) {
      if (!one.value) continue;
      sum += *one.value;
      count += 1.0;
    }
    const bool is_mean = count > 0.0 && std::abs(sum / count - *run.tuned) <= 1e-9;
    return is_mean ? std::optional(rows->values) : std::nullopt;
  }

  const TaskSummary& task_;
  TaskRows& rows_;
  const CellRecords& records_;
  std::vector<PlannedCell> missing_;
  SeedSummary made_;
};

/// The noise of seeds on a task, pooled over its models.
std::optional<TaskNoise> noise_of(const Selection& selection, const TaskSummary& task) {
  std::vector<std::vector<double>> repeats;
  size_t fewest = 0;
  for (const CellSummary& cell : task.cells) {
    std::vector<double> scores;
    for (const CellRecord* record :
         records_of(selection.seeds, {CellKind::model, cell.model, task.name})) {
      if (const auto score = tuned_of(*record, task.metric)) scores.push_back(*score);
    }
    if (scores.empty()) continue;
    fewest = repeats.empty() ? scores.size() : std::min(fewest, scores.size());
    repeats.push_back(std::move(scores));
  }
  const std::optional<double> floor =
      noise_floor(repeats, static_cast<int64_t>(std::max<size_t>(fewest, 1)));
  if (!floor) return std::nullopt;
  return TaskNoise{task.name, *floor, static_cast<int64_t>(fewest)};
}

void add_curves(const Selection& selection, const TaskSummary& task,
                std::vector<CurveSummary>& curves) {
  for (const CellSummary& cell : task.cells) {
    const CellRecord* record = selection.record({CellKind::model, cell.model, task.name});
    if (!record || !record->tune || record->tune->learning_curve.empty()) continue;
    curves.push_back({cell.model, task.name, record->tune->learning_curve});
  }
}

}  // namespace

std::optional<StageScore> tuned_score(const Selection& selection, const std::string& model,
                                      const TaskSummary& task, std::vector<std::string>& notes) {
  const Name name{CellKind::model, model, task.name};
  const CellRecords& records = records_of(selection.seeds, name);
  const size_t all = records.size() + missing_cells(selection, name, false, records).size();
  std::optional<StageScore> first;
  double sum = 0.0;
  int64_t count = 0;
  for (const CellRecord* record : records) {
    const std::string which =
        fmt::format("The tuned score of {} on {}{}", model, task.name,
                    records.size() > 1 ? fmt::format(" with seed {}", record->seed) : "");
    const auto score = score_under(task.metric, record->tuned, which, notes);
    if (!score) continue;
    if (!first) first = score;
    sum += score->value;
    ++count;
  }
  if (!first || all < 2) return first;
  if (size_t(count) < all) {
    notes.push_back(fmt::format("{} on {} has a tuned score of {} of its {} seeds.", model,
                                task.name, count, all));
  }
  first->value = sum / double(count);
  return first;
}

VariantSummary add_variants(const Summary& summary, const Selection& selection,
                            std::span<TaskRows> rows, const RankRules& rules,
                            std::vector<std::string>& notes) {
  VariantSummary variants;
  for (size_t place = 0; place < summary.tasks.size(); ++place) {
    const TaskSummary& task = summary.tasks[place];
    for (const CellSummary& cell : task.cells) {
      if (auto seeds = Seeds(selection, task, cell.model, rows[place]).summary()) {
        variants.seeds.push_back(std::move(*seeds));
      }
      if (auto band = band_of(selection, task, cell.model)) {
        note_band(*band, notes);
        variants.bands.push_back(std::move(*band));
      }
    }
    if (const auto noise = noise_of(selection, task)) variants.noise.push_back(*noise);
    add_curves(selection, task, variants.curves);
  }
  if (!variants.bands.empty()) {
    variants.band_ranking = rank_bands(summary, variants.bands, rules);
  }
  return variants;
}

}  // namespace tuneval
