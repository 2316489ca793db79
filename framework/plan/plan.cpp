#include "framework/plan/plan.h"

#include "framework/model/adapter.h"
#include "framework/model/loaded_model.h"
#include "framework/plan/baseline_cells.h"
#include "framework/plan/estimate.h"
#include "framework/plan/identity.h"
#include "framework/text/task_grammars.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <fmt/format.h>

#include <utility>

namespace tuneval {

namespace {

/// Builds the modules without memory: a config that cannot be built and a target that no layer
/// bears show here.
void try_build(PlannedModel& model, const Recipe& recipe) {
  LoadedModel empty;
  empty.folder = model.entry.path;
  empty.family = model.family;
  const BuildScope scope(at::kMeta, at::kFloat);
  empty.lm = model.family->build(model.config);
  for (const at::Tensor& parameter : empty.lm->parameters()) model.parameters += parameter.numel();
  if (recipe.adapter == "lora") find_targets(empty, recipe.targets);
}

PlannedModel plan_model(const ModelEntry& entry, const Manifest& manifest,
                        const Registry& registry) {
  PlannedModel model;
  model.entry = entry;
  if (!std::filesystem::is_directory(entry.path)) {
    throw ManifestError(fmt::format("{}: model \"{}\": no such folder: {}", entry.where, entry.name,
                                    entry.path.string()));
  }
  const at::Device device = parse_device(manifest.device);
  parse_dtype(entry.options.value("dtype", manifest.dtype), device);
  model.config = read_model_config(entry.path);
  model.family = family_for(registry, model.config);
  model.model_type = model.config.text("model_type");
  try_build(model, manifest.tuning);
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

/// A model's cell; `data` is what it is tuned and scored on.
Cell model_cell(const Plan& plan, size_t m, size_t t, const TaskData& data, CellKind kind,
                const Registry& registry) {
  const PlannedModel& model = plan.models[m];
  Cell cell;
  cell.model = m;
  cell.task = t;
  cell.kind = kind;
  cell.name = model.entry.name;
  cell.id = model_cell_id(plan.manifest, model, plan.tasks[t], data, kind, registry);
  Manifest manifest = plan.manifest;
  manifest.scoring.base = manifest.scoring.base && kind == CellKind::model;
  cell.estimate = estimate_cell(model, data, manifest);
  return cell;
}

}  // namespace

std::string Cell::title() const {
  return kind == CellKind::seed_only ? fmt::format("{} (seed_only)", name) : name;
}

const TaskData& Plan::data(const Cell& cell) const {
  const PlannedTask& task = tasks[cell.task];
  return cell.kind == CellKind::seed_only ? task.seed.value() : task.data;
}

Plan make_plan(const Manifest& manifest, const Registry& registry) {
  Plan plan;
  plan.manifest = manifest;
  for (const TaskEntry& entry : manifest.tasks) plan.tasks.push_back(plan_task(entry, registry));
  for (const ModelEntry& entry : manifest.models) {
    plan.models.push_back(plan_model(entry, manifest, registry));
  }
  add_baseline_cells(plan, registry);
  for (size_t m = 0; m < plan.models.size(); ++m) {
    for (size_t t = 0; t < plan.tasks.size(); ++t) {
      const PlannedTask& task = plan.tasks[t];
      try_constraint(plan.models[m], task.data);
      plan.cells.push_back(model_cell(plan, m, t, task.data, CellKind::model, registry));
      if (!task.seed) continue;
      plan.cells.push_back(model_cell(plan, m, t, *task.seed, CellKind::seed_only, registry));
    }
  }
  return plan;
}

}  // namespace tuneval
