#include "framework/summary/summary.h"

#include "framework/summary/comparison.h"
#include "framework/summary/details.h"
#include "framework/summary/missing_tasks.h"
#include "framework/summary/rank_cells.h"
#include "framework/summary/row_sets.h"
#include "framework/summary/score_under.h"
#include "framework/summary/selection.h"
#include "framework/summary/task_rows.h"
#include "framework/summary/verdict/make_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

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

TaskSummary summarise_task(const Selection& selection, const std::string& name,
                           std::vector<std::string>& notes) {
  TaskSummary task;
  task.name = name;
  if (const MetricValue* metric = headline(selection, name)) {
    task.metric = metric->name;
    task.higher_is_better = metric->higher_is_better;
    task.lowest = metric->lowest;
    task.highest = metric->highest;
  }
  for (const std::string& model : selection.models) {
    if (const CellRecord* record = selection.record({CellKind::model, model, name})) {
      task.task_type = record->task.task_type;
    }
    task.cells.push_back(summarise_cell(selection, model, task, notes));
  }
  return task;
}

ModelSummary summarise_model(const Selection& selection, const std::string& name) {
  ModelSummary model;
  model.name = name;
  for (const std::string& task : selection.tasks) {
    if (const CellRecord* record = selection.record({CellKind::model, model.name, task})) {
      model.model_type = record->model.model_type;
      // A cell that failed before the model was loaded does not know its size.
      model.parameters = std::max(model.parameters, record->model.parameters);
    }
  }
  return model;
}

/// Gives the models their mean ranks, and ranks them by each.
void rank_all(Summary& summary, std::span<const TaskSets> sets, const VerdictOptions& options) {
  using Member = std::optional<MeanInterval> ModelSummary::*;
  constexpr std::pair<Ranked, Member> kRankings[] = {{Ranked::tuned, &ModelSummary::tuned},
                                                     {Ranked::base, &ModelSummary::base},
                                                     {Ranked::delta, &ModelSummary::delta}};
  std::vector<std::string> names;
  for (const ModelSummary& model : summary.models) names.push_back(model.name);
  for (const auto& [ranked, member] : kRankings) {
    const auto ranks = mean_ranks_of(summary, ranked, sets, options);
    for (size_t i = 0; i < ranks.size(); ++i) summary.models[i].*member = ranks[i];
    summary.rankings.push_back(rank_models(std::string(to_string(ranked)), names, ranks));
  }
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
  summary.rules = options.rules;
  summary.notes = selection.notes;
  for (const std::string& model : selection.models) {
    summary.models.push_back(summarise_model(selection, model));
  }
  std::vector<TaskRows> rows;  // which row sets point into
  for (const std::string& name : selection.tasks) {
    TaskSummary& task = summary.tasks.emplace_back(summarise_task(selection, name, summary.notes));
    rows.emplace_back(options.predictions, task.metric, summary.notes);
    add_comparison(task, selection, options, rows.back(), summary.notes);
  }
  rank_cells(summary.tasks, options.rules);
  summary.variants = add_variants(summary, selection, rows, options.rules, summary.notes);
  std::vector<TaskSets> sets;
  for (size_t i = 0; i < summary.tasks.size(); ++i) {
    sets.push_back(row_sets(summary.tasks[i], summary.variants, rows[i], summary.notes));
  }
  rank_all(summary, sets, options.verdict);
  summary.verdict = make_verdict(summary, selection, options, sets);
  summary.costs = add_costs(summary, selection);
  summary.recommendations =
      recommend(summary, summary.costs, tested_groups(summary), options.max_parameters);
  for (const std::string& note : unlikeness(selection)) summary.notes.push_back(note);
  for (const std::string& note : missing_tasks(summary)) summary.notes.push_back(note);
  return summary;
}

}  // namespace tuneval
