#include "framework/summary/summary.h"

#include "framework/statistics/ranks.h"
#include "framework/summary/comparison.h"
#include "framework/summary/details.h"
#include "framework/summary/score_under.h"
#include "framework/summary/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace tuneval {
namespace {

/// The task's headline as the first of its cells has it, models before others; null when none was
/// scored.
const MetricValue* headline(const Selection& selection, const std::string& task) {
  std::vector<Selection::Name> names;
  for (const std::string& model : selection.models) {
    names.push_back({CellKind::model, model, task});
  }
  for (const Selection::Name& name : selection.baselines) {
    if (name.task == task) names.push_back(name);
  }
  for (const Selection::Name& name : names) {
    const CellRecord* record = selection.record(name);
    if (record && record->tuned) return &record->tuned->metrics.at(0);
    if (record && record->base) return &record->base->metrics.at(0);
  }
  return nullptr;
}

CellSummary summarise_cell(const Selection& selection, const std::string& model,
                           const TaskSummary& task, std::vector<std::string>& notes) {
  CellSummary cell;
  cell.model = model;
  cell.task = task.name;
  const Selection::Name name{CellKind::model, model, task.name};
  cell.state = selection.state(name);
  const CellRecord* record = selection.record(name);
  if (!record) return cell;
  cell.id = record->id;
  cell.error = record->error;
  cell.seconds = record->seconds;
  cell.peak_memory_bytes = record->peak_memory_bytes;
  cell.details = details_of(*record);
  const auto which = [&](Stage stage) {
    return fmt::format("The {} score of {} on {}", to_string(stage), model, task.name);
  };
  cell.base = score_under(task.metric, record->base, which(Stage::base), notes);
  cell.tuned = tuned_score(selection, model, task, notes);
  if (cell.base && cell.tuned) cell.delta = cell.tuned->value - cell.base->value;
  return cell;
}

/// Ranks the cells that have a value, among themselves.
template <class ValueOf>
void rank_cells(TaskSummary& task, std::optional<int64_t> CellSummary::*rank, ValueOf value_of) {
  std::vector<double> values;
  std::vector<CellSummary*> ranked;
  for (CellSummary& cell : task.cells) {
    const std::optional<double> value = value_of(cell);
    if (!value) continue;
    values.push_back(*value);
    ranked.push_back(&cell);
  }
  const std::vector<int64_t> ranks = ranks_min(values, task.higher_is_better);
  for (size_t i = 0; i < ranked.size(); ++i) ranked[i]->*rank = ranks[i];
}

std::optional<double> value_of(const std::optional<StageScore>& score) {
  return score ? std::optional(score->value) : std::nullopt;
}

TaskSummary summarise_task(const Selection& selection, const std::string& name,
                           std::vector<std::string>& notes) {
  TaskSummary task;
  task.name = name;
  if (const MetricValue* metric = headline(selection, name)) {
    task.metric = metric->name;
    task.higher_is_better = metric->higher_is_better;
  }
  for (const std::string& model : selection.models) {
    if (const CellRecord* record = selection.record({CellKind::model, model, name})) {
      task.task_type = record->task.task_type;
    }
    task.cells.push_back(summarise_cell(selection, model, task, notes));
  }
  rank_cells(task, &CellSummary::base_rank, [](const auto& cell) { return value_of(cell.base); });
  rank_cells(task, &CellSummary::tuned_rank, [](const auto& cell) { return value_of(cell.tuned); });
  rank_cells(task, &CellSummary::delta_rank, [](const auto& cell) {
    return cell.delta ? std::optional(round_difference(*cell.delta)) : std::nullopt;
  });
  return task;
}

std::optional<MeanInterval> mean_rank(const Summary& summary, size_t model,
                                      std::optional<int64_t> CellSummary::*rank) {
  std::vector<int64_t> ranks;
  for (const TaskSummary& task : summary.tasks) {
    const std::optional<int64_t>& one = task.cells[model].*rank;
    if (one) ranks.push_back(*one);
  }
  return mean_interval(ranks, summary.interval);
}

ModelSummary summarise_model(const Selection& selection, const Summary& summary, size_t index) {
  ModelSummary model;
  model.name = selection.models[index];
  for (const std::string& task : selection.tasks) {
    if (const CellRecord* record = selection.record({CellKind::model, model.name, task})) {
      model.model_type = record->model.model_type;
      // A cell that failed before the model was loaded does not know its size.
      model.parameters = std::max(model.parameters, record->model.parameters);
    }
  }
  model.base = mean_rank(summary, index, &CellSummary::base_rank);
  model.tuned = mean_rank(summary, index, &CellSummary::tuned_rank);
  model.delta = mean_rank(summary, index, &CellSummary::delta_rank);
  return model;
}

Ranking rank_models(const std::vector<ModelSummary>& models, std::string name,
                    std::optional<MeanInterval> ModelSummary::*rank) {
  Ranking ranking{std::move(name), {}};
  std::vector<double> means;
  for (const ModelSummary& model : models) {
    if (!(model.*rank)) continue;
    ranking.rows.push_back({0, model.name, *(model.*rank)});
    means.push_back((model.*rank)->mean);
  }
  const std::vector<int64_t> positions = ranks_min(means, /*higher_is_better=*/false);
  for (size_t i = 0; i < positions.size(); ++i) ranking.rows[i].position = positions[i];
  std::ranges::stable_sort(ranking.rows, {}, &RankingRow::position);
  return ranking;
}

bool has_uneven_n(const Ranking& ranking) {
  const auto differs = [&](const RankingRow& row) { return row.rank.n != ranking.rows[0].rank.n; };
  return std::ranges::any_of(ranking.rows, differs);
}

/// A mean over fewer tasks does not compare with one over all of them.
void note_uneven_n(Summary& summary) {
  std::vector<std::string> names;
  for (const Ranking& ranking : summary.rankings) {
    if (has_uneven_n(ranking)) names.push_back(ranking.name);
  }
  if (names.empty()) return;
  summary.notes.push_back(fmt::format(
      "The number of tasks n differs between models (ranking: {}): on a task that fewer "
      "models have, the worst rank is lower, which flatters those who have it.",
      fmt::join(names, ", ")));
}

}  // namespace

std::string_view to_string(CellState state) {
  switch (state) {
    case CellState::done: return "done";
    case CellState::failed: return "failed";
    case CellState::left: return "left";
    case CellState::not_planned: return "not_planned";
  }
  return "";
}

std::vector<const CellSummary*> Summary::cells_in(CellState state) const {
  std::vector<const CellSummary*> found;
  for (const TaskSummary& task : tasks) {
    for (const CellSummary& cell : task.cells) {
      if (cell.state == state) found.push_back(&cell);
    }
  }
  return found;
}

std::vector<const BaselineSummary*> Summary::baselines_in(CellState state) const {
  std::vector<const BaselineSummary*> found;
  for (const TaskSummary& task : tasks) {
    for (const BaselineSummary& baseline : task.baselines) {
      if (baseline.state == state) found.push_back(&baseline);
    }
  }
  return found;
}

Summary summarise(std::span<const CellRecord> records, const SummaryOptions& options) {
  const Selection selection = select(records, options);
  Summary summary;
  summary.interval = options.interval;
  summary.notes = selection.notes;
  for (const std::string& task : selection.tasks) {
    summary.tasks.push_back(summarise_task(selection, task, summary.notes));
    add_comparison(summary.tasks.back(), selection, options, summary.notes);
  }
  for (size_t i = 0; i < selection.models.size(); ++i) {
    summary.models.push_back(summarise_model(selection, summary, i));
  }
  summary.rankings = {rank_models(summary.models, "tuned", &ModelSummary::tuned),
                      rank_models(summary.models, "base", &ModelSummary::base),
                      rank_models(summary.models, "delta", &ModelSummary::delta)};
  summary.variants = add_variants(summary, selection, options, options.rules, summary.notes);
  summary.costs = add_costs(summary, selection);
  summary.recommendations =
      recommend(summary, summary.costs, tested_groups(summary), options.max_parameters);
  for (const std::string& note : unlikeness(selection)) summary.notes.push_back(note);
  note_uneven_n(summary);
  return summary;
}

}  // namespace tuneval
