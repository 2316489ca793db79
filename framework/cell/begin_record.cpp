#include "framework/cell/run_cell.h"
#include "framework/model/loaded_model.h"

#include <torch/version.h>

namespace tuneval {

namespace {

std::map<std::string, std::string> used_plugins(const PlannedModel& model, const TaskData& task,
                                                const Registry& registry) {
  std::map<std::string, std::string> used;
  for (const Registry::Entry& entry : registry.entries()) {
    const bool is_family =
        entry.kind == "model family" && registry.model_family(entry.name) == model.family;
    const bool is_type = entry.kind == "task type" && entry.name == task.pack.task_type;
    const bool is_metric =
        entry.kind == "metric" &&
        std::find(task.metrics.begin(), task.metrics.end(), entry.name) != task.metrics.end();
    if (is_family || is_type || is_metric) used[entry.plugin] = entry.version;
  }
  return used;
}

}  // namespace

CellRecord begin_record(const Plan& plan, const Cell& cell, const Registry& registry) {
  const PlannedModel& model = plan.models[cell.model];
  const PlannedTask& task = plan.tasks[cell.task];
  const Manifest& manifest = plan.manifest;
  CellRecord record;
  record.id = cell.id;
  record.model = {model.entry.name, model.entry.path.string(), model.model_type, model.parameters,
                  model.hash};
  record.task = {
      task.entry.name,       task.entry.pack.string(),        task.data.pack.task_type,
      task.data.hash,        int64_t(task.data.train.size()), int64_t(task.data.test.size()),
      task.data.pack.licence};
  record.task.options = task.entry.options;
  record.recipe = to_json(manifest.tuning);
  record.seed = manifest.seed;
  record.versions = {TUNEVAL_VERSION, TORCH_VERSION, used_plugins(model, task.data, registry)};
  record.device = manifest.device;
  record.dtype = dtype_name(parse_dtype(model.entry.options.value("dtype", manifest.dtype),
                                        parse_device(manifest.device)));
  return record;
}

}  // namespace tuneval
