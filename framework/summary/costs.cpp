#include "framework/summary/costs.h"

#include "framework/statistics/pareto.h"
#include "framework/summary/selection.h"
#include "framework/summary/summary.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tuneval {
namespace {

using Name = Selection::Name;

/// Amounts in time; a rate where both are known.
struct Rate {
  double amount = 0.0, seconds = 0.0;

  void add(int64_t more, double in_seconds) {
    if (more <= 0 || !(in_seconds > 0.0)) return;
    amount += double(more);
    seconds += in_seconds;
  }
  std::optional<double> per_second() const {
    return seconds > 0.0 ? std::optional(amount / seconds) : std::nullopt;
  }
};

/// The speeds of one cell, or of a model's cells together.
struct Speeds {
  Rate tuned, scored, answered;

  void add(const CellRecord& record) {
    if (record.tune) tuned.add(record.tune->tokens, record.tune->seconds);
    const std::optional<ScoreSummary>& score = record.tuned ? record.tuned : record.base;
    if (!score) return;
    scored.add(score->prompt_tokens + score->new_tokens, score->seconds);
    answered.add(score->examples, score->seconds);
  }
};

/// The sum, as long as each has one.
void add_energy(std::optional<double>& sum, const std::optional<double>& one) {
  sum = sum && one ? std::optional(*sum + *one) : std::nullopt;
}

void keep_most(std::optional<int64_t>& most, const std::optional<int64_t>& one) {
  if (one) most = std::max(most.value_or(*one), *one);
}

/// All records of a model: of its tasks, seeds, band and seed rows.
std::vector<const CellRecord*> all_of(const Selection& selection, const std::string& model) {
  std::vector<const CellRecord*> all;
  const auto add = [&](const std::map<Name, std::vector<const CellRecord*>>& by_name) {
    for (const auto& [name, records] : by_name) {
      if (name.model == model) all.insert(all.end(), records.begin(), records.end());
    }
  };
  add(selection.seeds);
  add(selection.bands);
  for (const auto& [name, record] : selection.records) {
    if (name.model == model && name.kind == CellKind::seed_only) all.push_back(record);
  }
  return all;
}

CellCost cost_of(const CellSummary& cell, const CellRecord& record) {
  CellCost cost;
  cost.model = cell.model;
  cost.task = cell.task;
  cost.id = record.id;
  cost.parameters = record.model.parameters;
  if (record.tune) {
    cost.trained_parameters = record.tune->trained_parameters;
    cost.adapter_bytes = record.tune->adapter_bytes;
  }
  Speeds speeds;
  speeds.add(record);
  cost.tune_tokens_per_second = speeds.tuned.per_second();
  cost.score_tokens_per_second = speeds.scored.per_second();
  cost.examples_per_second = speeds.answered.per_second();
  cost.seconds = record.seconds;
  cost.peak_memory_bytes = record.peak_memory_bytes;
  cost.energy_joules = record.energy_joules;
  if (cell.tuned) cost.score = cell.tuned->value;
  return cost;
}

/// Sets the fronts of models that `score` (better when higher) speaks for.
template <class Cost, class Score>
void mark_fronts(std::span<Cost> costs, const Score& score) {
  std::vector<ParetoPoint> by_size, by_speed;
  for (const Cost& cost : costs) {
    std::optional<double> size, time;
    if (cost.parameters > 0) size = double(cost.parameters);
    if (cost.examples_per_second) time = 1.0 / *cost.examples_per_second;
    by_size.push_back({score(cost), {size}});
    by_speed.push_back({score(cost), {time}});
  }
  const std::vector<bool> size_front = pareto_front(by_size), speed_front = pareto_front(by_speed);
  for (size_t i = 0; i < costs.size(); ++i) {
    costs[i].on_size_front = size_front[i];
    costs[i].on_speed_front = speed_front[i];
  }
}

void add_cells(const TaskSummary& task, const Selection& selection, CostSummary& costs) {
  const size_t first = costs.cells.size();
  for (const CellSummary& cell : task.cells) {
    const CellRecord* record = selection.record({CellKind::model, cell.model, cell.task});
    if (record) costs.cells.push_back(cost_of(cell, *record));
  }
  mark_fronts(std::span(costs.cells).subspan(first), [&](const CellCost& cost) {
    if (!cost.score) return std::optional<double>();
    return std::optional(task.higher_is_better ? *cost.score : -*cost.score);
  });
}

ModelCost cost_of(const ModelSummary& model, const Selection& selection) {
  ModelCost cost;
  cost.model = model.name;
  cost.parameters = model.parameters;
  if (model.tuned) cost.mean_rank = model.tuned->mean;
  Speeds speeds;
  const auto records = all_of(selection, model.name);
  if (!records.empty()) cost.energy_joules = 0.0;
  for (const CellRecord* record : records) {
    speeds.add(*record);
    if (record->tune) {
      keep_most(cost.trained_parameters, record->tune->trained_parameters);
      keep_most(cost.adapter_bytes, record->tune->adapter_bytes);
    }
    cost.seconds += record->seconds;
    cost.peak_memory_bytes = std::max(cost.peak_memory_bytes, record->peak_memory_bytes);
    add_energy(cost.energy_joules, record->energy_joules);
  }
  cost.tune_tokens_per_second = speeds.tuned.per_second();
  cost.score_tokens_per_second = speeds.scored.per_second();
  cost.examples_per_second = speeds.answered.per_second();
  return cost;
}

void add_teacher(const CellRecord& record, std::vector<TeacherCost>& teachers) {
  if (!record.base) return;
  auto found = std::ranges::find(teachers, record.model.name, &TeacherCost::name);
  if (found == teachers.end()) {
    teachers.push_back({record.model.name, record.model.path});
    found = teachers.end() - 1;
  }
  ++found->tasks;
  found->examples += record.base->examples;
  found->prompt_tokens += record.base->prompt_tokens;
  found->answer_tokens += record.base->new_tokens;
  found->seconds += record.base->seconds;
}

}  // namespace

CostSummary add_costs(const Summary& summary, const Selection& selection) {
  CostSummary costs;
  for (const TaskSummary& task : summary.tasks) add_cells(task, selection, costs);
  for (const ModelSummary& model : summary.models) {
    costs.models.push_back(cost_of(model, selection));
  }
  mark_fronts(std::span(costs.models), [](const ModelCost& cost) {
    return cost.mean_rank ? std::optional(-*cost.mean_rank) : std::nullopt;
  });
  if (!costs.models.empty()) costs.energy_joules = 0.0;
  for (const ModelCost& model : costs.models) {
    costs.seconds += model.seconds;
    add_energy(costs.energy_joules, model.energy_joules);
  }
  for (const auto& [name, record] : selection.records) {
    if (name.kind == CellKind::teacher) add_teacher(*record, costs.teachers);
    if (name.kind != CellKind::model && name.kind != CellKind::seed_only) {
      costs.seconds += record->seconds;
    }
  }
  return costs;
}

}  // namespace tuneval
