#include "framework/compare/compare.h"

#include "framework/compare/changes.h"
#include "framework/compare/paired_cells.h"
#include "framework/compare/paired_examples.h"
#include "framework/summary/counted_records.h"
#include "framework/summary/verdict/compare_rows.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {
namespace {

constexpr double kRounding = 1e-9;  // 0.78 − 0.80 is no less than −0.02

std::string title_of(const CellRecord& record) {
  std::string title = record.model.name;
  if (record.kind == CellKind::seed_only) title += " (seed_only)";
  if (const auto rate = band_rate(record)) title += fmt::format(" at {}", *rate);
  return fmt::format("{} on {}", title, record.task.name);
}

std::string why_without(const CellRecord& record) {
  if (record.error) return fmt::format("{}: {}", record.error->kind, record.error->message);
  return "there is no such score";
}

/// The metric's value at a stage; null where there is none, or it stands on nothing.
const MetricValue* value_of(const std::optional<ScoreSummary>& score, const std::string& metric) {
  if (!score) return nullptr;
  for (const MetricValue& value : score->metrics) {
    if (value.name == metric && value.scored > 0) return &value;
  }
  return nullptr;
}

std::string headline_of(const CellRecord& record) {
  const auto& score = record.tuned ? record.tuned : record.base;
  return score && !score->metrics.empty() ? score->metrics.front().name : "";
}

/// Whether a record is one of a model after tuning, or would be, had it not failed.
bool is_tuned(const CellRecord& record) {
  return record.kind == CellKind::model || record.kind == CellKind::seed_only;
}

class Comparer {
 public:
  Comparer(const ComparedRun& first, const ComparedRun& second, const CompareOptions& options)
      : first_(first), second_(second), options_(options) {}

  ComparedCell compare(const CellRecord& one, const CellRecord& other) {
    ComparedCell cell = names_of(one, other);
    const MetricValue* before = value_of(score_of(one, cell.stage), cell.metric);
    const MetricValue* after = value_of(score_of(other, cell.stage), cell.metric);
    if (before) cell.first = before->value;
    if (after) cell.second = after->value;
    if (!before) cell.note = fmt::format("{}: {}", first_.name, why_without(one));
    if (before && !after) cell.note = fmt::format("{}: {}", second_.name, why_without(other));
    if (!before || !after) return cell;
    cell.higher_is_better = after->higher_is_better;
    cell.delta = after->value - before->value;
    if (before->higher_is_better != after->higher_is_better) {
      cell.note = "the two runs do not agree on whether more is better";
      return cell;
    }
    compare_examples(*before, *after, cell);
    return cell;
  }

 private:
  ComparedCell names_of(const CellRecord& one, const CellRecord& other) const {
    ComparedCell cell;
    cell.kind = one.kind;
    cell.model = one.model.name;
    cell.task = one.task.name;
    cell.first_seed = one.seed;
    cell.second_seed = other.seed;
    if (band_rate(one) == band_rate(other)) cell.rate = band_rate(one);
    cell.first_id = one.id;
    cell.second_id = other.id;
    // A run that only scored its models is compared by that.
    const bool has_tuned = one.tuned || other.tuned;
    cell.stage =
        is_tuned(one) && (has_tuned || !one.base || !other.base) ? Stage::tuned : Stage::base;
    cell.metric = options_.metric.empty() ? headline_of(one) : options_.metric;
    if (cell.metric.empty()) cell.metric = headline_of(other);
    return cell;
  }

  static const std::optional<ScoreSummary>& score_of(const CellRecord& record, Stage stage) {
    return stage == Stage::tuned ? record.tuned : record.base;
  }

  void compare_examples(const MetricValue& before, const MetricValue& after, ComparedCell& cell) {
    const auto first = rows_of(first_, cell.first_id, cell.stage);
    const auto second = rows_of(second_, cell.second_id, cell.stage);
    if (!first || !second) {
      cell.note = fmt::format("{} has no predictions of it", !first ? first_.name : second_.name);
      return;
    }
    ExampleComparison examples =
        tuneval::compare_examples(*first, before, *second, after, options_);
    cell.paired = std::move(examples.paired);
    cell.changes = std::move(examples.changes);
    cell.note = std::move(examples.note);
  }

  static std::optional<std::vector<PredictionRow>> rows_of(const ComparedRun& run,
                                                           const std::string& id, Stage stage) {
    return run.predictions ? run.predictions(id, stage) : std::nullopt;
  }

  const ComparedRun& first_;
  const ComparedRun& second_;
  const CompareOptions& options_;
};

/// Over all cells that were tested, and what each then says.
void tell(std::vector<ComparedCell>& cells, const VerdictOptions& options) {
  std::vector<PairedResult*> results;
  for (ComparedCell& cell : cells) {
    if (cell.paired) results.push_back(&*cell.paired);
  }
  adjust(results, options.multiple);
  for (ComparedCell& cell : cells) {
    if (!cell.paired) continue;
    cell.paired->told = told_of(*cell.paired, cell.higher_is_better, options.alpha, std::nullopt);
  }
}

/// Why the cell does not pass; none where it does.
std::optional<std::string> failure_of(const ComparedCell& cell, const ComparedRun& first,
                                      const ComparedRun& second, double bar) {
  if (!cell.first) return std::nullopt;
  if (!cell.second) {
    return fmt::format("{}: {} has a score, {} has none", cell.title(), first.name, second.name);
  }
  const double gain = cell.higher_is_better ? *cell.delta : -*cell.delta;
  if (gain >= bar - kRounding) return std::nullopt;
  const std::string change = fmt::format("{}: {} went from {:.4f} to {:.4f}", cell.title(),
                                         cell.metric, *cell.first, *cell.second);
  if (!cell.paired) {
    return fmt::format("{}, and nothing shows that it is noise: {}", change, cell.note);
  }
  if (cell.paired->told != Told::worse) return std::nullopt;
  return fmt::format("{}, more than noise (p {:.4f})", change, cell.paired->adjusted);
}

void judge(RunComparison& comparison, const ComparedRun& first, const ComparedRun& second,
           std::span<const CellRecord* const> missing) {
  if (!comparison.options.fail_below) return;
  for (ComparedCell& cell : comparison.cells) {
    const auto failure = failure_of(cell, first, second, *comparison.options.fail_below);
    cell.fails = failure.has_value();
    if (failure) comparison.failures.push_back(*failure);
  }
  for (const CellRecord* record : missing) {
    if (!record->done()) continue;
    comparison.failures.push_back(
        fmt::format("{}: {} has no record of it", title_of(*record), second.name));
  }
}

std::vector<RankChange> rank_changes(const ComparedRun& first, const ComparedRun& second) {
  const Summary before = summarise(first.records), after = summarise(second.records);
  std::vector<RankChange> changes;
  for (const Ranking& ranking : before.rankings) {
    const auto other = std::ranges::find(after.rankings, ranking.name, &Ranking::name);
    if (other == after.rankings.end()) continue;
    for (const RankingRow& row : ranking.rows) {
      const auto same = std::ranges::find(other->rows, row.model, &RankingRow::model);
      if (same != other->rows.end()) changes.push_back({ranking.name, row.model, row, *same});
    }
  }
  return changes;
}

/// Base scores do not depend on how a model is tuned: another one has another cause.
void note_base(const PairedCells& cells, RunComparison& comparison) {
  int64_t compared = 0, differing = 0;
  for (const auto& [one, other] : cells.pairs) {
    const std::string metric = headline_of(*one);
    const MetricValue* before = value_of(one->base, metric);
    const MetricValue* after = value_of(other->base, metric);
    if (one->kind != CellKind::model || !before || !after) continue;
    ++compared;
    if (before->value != after->value) ++differing;
  }
  if (differing == 0) return;
  comparison.notes.push_back(
      fmt::format("Of {} scores before tuning {} are not the same in both runs: more than the way "
                  "of tuning has changed.",
                  compared, differing));
}

}  // namespace

std::string ComparedCell::title() const {
  CellRecord record;
  record.kind = kind;
  record.model.name = model;
  record.task.name = task;
  record.band = rate.has_value();
  if (rate) record.recipe["learning_rate"] = *rate;
  std::string title = title_of(record);
  if (first_seed != second_seed) title += fmt::format(" (seeds {}, {})", first_seed, second_seed);
  return title;
}

int64_t RunComparison::count(Told told) const {
  return std::ranges::count_if(
      cells, [&](const ComparedCell& cell) { return cell.paired && cell.paired->told == told; });
}

RunComparison compare_runs(const ComparedRun& first, const ComparedRun& second,
                           const CompareOptions& options) {
  if (options.fail_below && *options.fail_below > 0.0) {
    throw ManifestError(
        fmt::format("--fail-below is {}: expected 0 or less, as -0.02 for a score "
                    "that falls by more than 0.02",
                    *options.fail_below));
  }
  const PairedCells paired = pair_cells(first.records, second.records);
  RunComparison comparison;
  comparison.first = first.name;
  comparison.second = second.name;
  comparison.options = options;
  Comparer comparer(first, second, options);
  for (const auto& [one, other] : paired.pairs) {
    comparison.cells.push_back(comparer.compare(*one, *other));
  }
  tell(comparison.cells, options.tests);
  for (const CellRecord* record : paired.only_first) {
    comparison.only_first.push_back(title_of(*record));
  }
  for (const CellRecord* record : paired.only_second) {
    comparison.only_second.push_back(title_of(*record));
  }
  comparison.changes = changes_between(paired);
  comparison.ranks = rank_changes(first, second);
  note_base(paired, comparison);
  judge(comparison, first, second, paired.only_first);
  return comparison;
}

}  // namespace tuneval
