#include "framework/plan/plan.h"

#include "framework/data/hash.h"
#include "framework/model/adapter.h"
#include "framework/model/loaded_model.h"
#include "framework/plan/estimate.h"
#include "framework/text/task_grammars.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <fmt/format.h>

#include <cctype>
#include <map>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

Json chat_options(const ModelEntry& entry) { return entry.options.value("chat", Json::object()); }

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
  return {entry, read_task(registry, pack, merge_options(pack, entry.options.dump()),
                           entry.train_limit.value_or(0), entry.test_limit.value_or(0))};
}

/// Versions of the plugins that a cell runs through, by what they gave it.
Json plugin_versions(const PlannedModel& model, const PlannedTask& task, const Registry& registry) {
  Json versions = Json::object();
  for (const Registry::Entry& entry : registry.entries()) {
    const bool used =
        (entry.kind == "model family" && registry.model_family(entry.name) == model.family) ||
        (entry.kind == "task type" && entry.name == task.data.pack.task_type) ||
        (entry.kind == "metric" &&
         std::count(task.data.metrics.begin(), task.data.metrics.end(), entry.name) > 0);
    if (used) versions[entry.kind + " " + entry.name] = entry.version;
  }
  return versions;
}

/// A name as part of a file name.
std::string file_part(const std::string& name) {
  std::string part;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    part += plain ? c : '_';
  }
  return part;
}

std::string cell_id(const Manifest& manifest, const PlannedModel& model, const PlannedTask& task,
                    const Registry& registry) {
  const Json identity = {{"model", model.hash},
                         {"chat", chat_options(model.entry)},
                         {"dtype", model.entry.options.value("dtype", manifest.dtype)},
                         {"device", manifest.device.substr(0, manifest.device.find(':'))},
                         {"task", task.data.hash},
                         {"metrics", task.data.metrics},
                         {"recipe", recipe_identity(manifest.tuning)},
                         {"seed", manifest.seed},
                         {"base", manifest.scoring.base},
                         {"max_new_tokens", manifest.scoring.max_new_tokens.value_or(0)},
                         {"plugins", plugin_versions(model, task, registry)},
                         {"tuneval", TUNEVAL_VERSION}};
  ContentHash hash;
  hash.add(identity.dump());
  return fmt::format("{}.{}.{}", file_part(model.entry.name), file_part(task.entry.name),
                     hash.hex().substr(0, 12));
}

/// A schema or tools that no answer can be held to show here.
void try_constraint(const PlannedModel& model, const TaskData& task) {
  const std::vector<std::string> answers = task.type->answers();
  task_grammars(*model.text, task.type->decoding(), answers, task.test);
}

}  // namespace

Plan make_plan(const Manifest& manifest, const Registry& registry) {
  Plan plan;
  plan.manifest = manifest;
  for (const TaskEntry& entry : manifest.tasks) plan.tasks.push_back(plan_task(entry, registry));
  for (const ModelEntry& entry : manifest.models) {
    plan.models.push_back(plan_model(entry, manifest, registry));
  }
  for (size_t m = 0; m < plan.models.size(); ++m) {
    for (size_t t = 0; t < plan.tasks.size(); ++t) {
      Cell cell{m, t, cell_id(manifest, plan.models[m], plan.tasks[t], registry), {}};
      try_constraint(plan.models[m], plan.tasks[t].data);
      cell.estimate = estimate_cell(plan.models[m], plan.tasks[t].data, manifest);
      plan.cells.push_back(std::move(cell));
    }
  }
  return plan;
}

}  // namespace tuneval
