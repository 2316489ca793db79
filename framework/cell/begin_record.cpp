#include "framework/cell/run_cell.h"
#include "framework/model/loaded_model.h"
#include "framework/score/teacher_answers.h"

#include <torch/version.h>

namespace tuneval {

namespace {

/// `model`: null where the cell has none.
std::map<std::string, std::string> used_plugins(const PlannedModel* model, const TaskData& task,
                                                const Registry& registry) {
  std::map<std::string, std::string> used;
  for (const Registry::Entry& entry : registry.entries()) {
    const bool is_family =
        entry.kind == "model family" && model && registry.model_family(entry.name) == model->family;
    const bool is_type = entry.kind == "task type" && entry.name == task.pack.task_type;
    const bool is_metric =
        entry.kind == "metric" &&
        std::find(task.metrics.begin(), task.metrics.end(), entry.name) != task.metrics.end();
    if (is_family || is_type || is_metric) used[entry.plugin] = entry.version;
  }
  return used;
}

void add_model(const PlannedModel& model, const Manifest& manifest, const Recipe& recipe,
               CellRecord& record) {
  record.model = {model.entry.name, model.entry.path.string(), model.model_type, model.parameters,
                  model.hash};
  record.recipe = to_json(recipe);
  record.device = manifest.device;
  record.dtype = dtype_name(parse_dtype(model.entry.options.value("dtype", manifest.dtype),
                                        parse_device(manifest.device)));
}

/// Where the teacher is reached is left out: an address may be nobody else's business.
void add_teacher(const TeacherOptions& teacher, const PlannedTask& task, const Scoring& scoring,
                 CellRecord& record) {
  record.model.path = teacher.model;
  record.recipe["temperature"] = 0.0;
  record.recipe["shots"] = task.teacher_shots.count;
  record.recipe["max_tokens"] =
      teacher_max_tokens(teacher, *task.data.type, scoring.max_new_tokens);
  record.recipe["margin"] = teacher.margin;
  record.device = "server";
}

}  // namespace

CellRecord begin_record(const Plan& plan, const Cell& cell, const Registry& registry) {
  const PlannedModel* model = cell.has_model() ? &plan.models[cell.model] : nullptr;
  const PlannedTask& task = plan.tasks[cell.task];
  const TaskData& data = plan.data(cell);
  const Manifest& manifest = plan.manifest;
  CellRecord record;
  record.id = cell.id;
  record.kind = cell.kind;
  record.model.name = cell.name;
  record.model.model_type = to_string(cell.kind);
  record.device = "cpu";
  if (model) add_model(*model, manifest, plan.recipe(cell), record);
  if (cell.kind == CellKind::teacher) {
    add_teacher(*manifest.teacher, task, manifest.scoring, record);
  }
  record.task = {task.entry.name,  task.entry.pack.string(),   data.pack.task_type,
                 data.hash,        int64_t(data.train.size()), int64_t(data.test.size()),
                 data.pack.licence};
  record.task.options = task.entry.options;
  record.seed = cell.seed;
  record.band = cell.learning_rate.has_value();
  record.versions = {TUNEVAL_VERSION, TORCH_VERSION, used_plugins(model, data, registry)};
  return record;
}

}  // namespace tuneval
