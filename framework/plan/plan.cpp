#include "framework/plan/plan.h"

#include "framework/model/loaded_model.h"
#include "framework/plan/baseline_cells.h"
#include "framework/plan/estimate.h"
#include "framework/plan/identity.h"
#include "framework/text/task_grammars.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <thread>
#include <utility>

namespace tuneval {

namespace {

/// Builds the modules without memory: a config that cannot be built and a target that no layer
/// bears show here.
void try_build(PlannedModel& model, const Manifest& manifest) {
  LoadedModel empty;
  empty.folder = model.entry.path;
  empty.config = model.config;
  empty.family = model.family;
  empty.device = parse_device(manifest.device);
  empty.dtype = parse_dtype(model.entry.options.value("dtype", manifest.dtype), empty.device);
  const BuildScope scope(at::kMeta, at::kFloat);
  empty.lm = model.family->build(model.config);
  model.costs = model_costs(empty, manifest.tuning);
  model.parameters = model.costs.parameters;
}

PlannedModel plan_model(const ModelEntry& entry, const Manifest& manifest,
                        const Registry& registry) {
  PlannedModel model;
  model.entry = entry;
  if (!std::filesystem::is_directory(entry.path)) {
    throw ManifestError(fmt::format("{}: model \"{}\": no such folder: {}", entry.where, entry.name,
                                    entry.path.string()));
  }
  model.config = read_model_config(entry.path);
  model.family = family_for(registry, model.config);
  model.model_type = model.config.text("model_type");
  try_build(model, manifest);
  model.text = open_model_text(*model.family, entry.path, chat_options(entry));
  model.context = context_length(model.config);
  model.hash = hash_model(entry.path);
  return model;
}

PlannedTask plan_task(const TaskEntry& entry, const Registry& registry) {
  if (!std::filesystem::is_directory(entry.pack)) {
    throw ManifestError(fmt::format("{}: task \"{}\": no such folder: {}", entry.where, entry.name,
                                    entry.pack.string()));
  }
  const Pack pack = read_pack(entry.pack);
  return {entry,
          read_task(registry, pack, merge_options(pack, entry.options.dump()),
                    entry.train_limit.value_or(0), entry.test_limit.value_or(0)),
          {},
          {}};
}

/// A schema or tools that no answer can be held to show here.
void try_constraint(const PlannedModel& model, const TaskData& task) {
  const std::vector<std::string> answers = task.type->answers();
  task_grammars(*model.text, task.type->decoding(), answers, task.test);
}

/// A model's cell on a task, without its estimate.
Cell model_cell(const Plan& plan, size_t m, size_t t, CellKind kind) {
  Cell cell;
  cell.model = m;
  cell.task = t;
  cell.kind = kind;
  cell.name = plan.models[m].entry.name;
  cell.seed = plan.manifest.seed;
  return cell;
}

/// The cells of the seeds behind the first, then those of the band.
std::vector<Cell> further_cells(const Plan& plan, const Cell& first) {
  std::vector<Cell> cells;
  const auto add = [&]() -> Cell& {
    cells.push_back(first);
    cells.back().is_first = false;
    return cells.back();
  };
  for (const uint64_t seed : plan.manifest.more_seeds) add().seed = seed;
  for (const double rate : plan.manifest.learning_rates) add().learning_rate = rate;
  return cells;
}

CellEstimate estimate(const Plan& plan, const Cell& cell) {
  Manifest manifest = plan.manifest;
  manifest.scoring.base = manifest.scoring.base && cell.scores_base();
  return estimate_cell(plan.models[cell.model], plan.data(cell), manifest);
}

/// The cells of one model on one task.
void add_model_cells(Plan& plan, size_t m, size_t t, const Registry& registry) {
  const auto add = [&](Cell cell) {
    cell.id = model_cell_id(plan, cell, registry);
    plan.cells.push_back(std::move(cell));
  };
  const Cell first = model_cell(plan, m, t, CellKind::model);
  add(first);
  if (plan.tasks[t].seed) add(model_cell(plan, m, t, CellKind::seed_only));
  for (const Cell& cell : further_cells(plan, first)) add(cell);
}

/// Cells that are estimated at once: each holds the tokens of all its rows.
constexpr size_t kMostAtOnce = 8;

/// Calls `work(i)` for each i below `count`, some at once. The first one's exception, by number, is
/// thrown, as one after the other would.
void for_each_at_once(size_t count, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::vector<std::exception_ptr> faults(count);
  std::atomic<bool> failed = false;
  const auto run = [&] {
    while (!failed) {  // asked before a number is taken: none below a fault is left out
      const size_t i = next++;
      if (i >= count) return;
      try {
        work(i);
      } catch (...) {
        faults[i] = std::current_exception();
        failed = true;
      }
    }
  };
  {
    const size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> helpers;
    for (size_t i = 1; i < std::min({cores, count, kMostAtOnce}); ++i) helpers.emplace_back(run);
    run();
  }
  for (const std::exception_ptr& fault : faults) {
    if (fault) std::rethrow_exception(fault);
  }
}

/// What is found only by reading every row with every model's tokens: that a cell can be done, and
/// its costs.
void estimate_cells(Plan& plan) {
  std::vector<Cell*> cells;
  for (Cell& cell : plan.cells) {
    if (cell.has_model()) cells.push_back(&cell);
  }
  // Runs with another seed or rate cost what the one before them does, and follow each other.
  const auto is_alike = [&](size_t i) {
    return i > 0 && !cells[i]->is_first && !cells[i - 1]->is_first &&
           cells[i]->model == cells[i - 1]->model && cells[i]->task == cells[i - 1]->task;
  };
  for_each_at_once(cells.size(), [&](size_t i) {
    if (is_alike(i)) return;
    if (cells[i]->scores_base()) try_constraint(plan.models[cells[i]->model], plan.data(*cells[i]));
    cells[i]->estimate = estimate(plan, *cells[i]);
  });
  for (size_t i = 0; i < cells.size(); ++i) {
    if (is_alike(i)) cells[i]->estimate = cells[i - 1]->estimate;
  }
}

}  // namespace

std::string Cell::title() const {
  if (kind == CellKind::seed_only) return fmt::format("{} (seed_only)", name);
  if (learning_rate) return fmt::format("{} (rate {:g})", name, *learning_rate);
  return has_model() && !is_first ? fmt::format("{} (seed {})", name, seed) : name;
}

Recipe Plan::recipe(const Cell& cell) const {
  Recipe recipe = manifest.tuning;
  // With one seed the recipe may have another of its own.
  if (cell.seed != manifest.seed) recipe.seed = cell.seed;
  if (cell.learning_rate) recipe.learning_rate = *cell.learning_rate;
  return recipe;
}

const TaskData& Plan::data(const Cell& cell) const {
  const PlannedTask& task = tasks[cell.task];
  return cell.kind == CellKind::seed_only ? task.seed.value() : task.data;
}

Plan repeat_plan(const Manifest& manifest, const Registry& registry) {
  Plan plan;
  plan.manifest = manifest;
  for (const TaskEntry& entry : manifest.tasks) plan.tasks.push_back(plan_task(entry, registry));
  for (const ModelEntry& entry : manifest.models) {
    plan.models.push_back(plan_model(entry, manifest, registry));
  }
  add_baseline_cells(plan, registry);
  for (size_t m = 0; m < plan.models.size(); ++m) {
    for (size_t t = 0; t < plan.tasks.size(); ++t) {
      add_model_cells(plan, m, t, registry);
    }
  }
  return plan;
}

Plan make_plan(const Manifest& manifest, const Registry& registry) {
  Plan plan = repeat_plan(manifest, registry);
  estimate_cells(plan);
  return plan;
}

}  // namespace tuneval
