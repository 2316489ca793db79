#include "framework/plan/identity.h"

#include "framework/data/hash.h"
#include "framework/manifest/teacher_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// Versions of the plugins that a cell runs through, by what they gave it. `model`: null where the
/// cell has none.
Json plugin_versions(const PlannedModel* model, const TaskData& task, const Registry& registry) {
  Json versions = Json::object();
  for (const Registry::Entry& entry : registry.entries()) {
    const bool used = (entry.kind == "model family" && model &&
                       registry.model_family(entry.name) == model->family) ||
                      (entry.kind == "task type" && entry.name == task.pack.task_type) ||
                      (entry.kind == "metric" &&
                       std::count(task.metrics.begin(), task.metrics.end(), entry.name) > 0);
    if (used) versions[entry.kind + " " + entry.name] = entry.version;
  }
  return versions;
}

/// What of a server decides its answers.
Json server_identity(const TeacherOptions& server) {
  return {{"base_url", without_end_slashes(server.base_url)},
          {"model", server.model},
          {"max_tokens", server.max_tokens.value_or(0)},
          {"extra_body", server.extra_body}};
}

/// Of the judge there is nothing where the task asks none.
void add_judge(Json& identity, const Manifest& manifest, const TaskData& task) {
  if (!task.judged || !manifest.judge) return;
  identity["judge"] = server_identity(manifest.judge->server);
  identity["judge"]["temperature"] = manifest.judge->server.temperature;
  identity["judge"]["repeats"] = manifest.judge->repeats;
}

/// A name as part of a file name.
std::string file_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    part += plain ? c : '_';
  }
  return part;
}

/// The names' file parts and the hash's beginning, joined by dots.
std::string id_of(std::initializer_list<std::string_view> names, const Json& identity) {
  std::string id;
  for (const std::string_view name : names) id += file_part(name) + ".";
  ContentHash hash;
  hash.add(identity.dump());
  return id + hash.hex().substr(0, 12);
}

}  // namespace

Json chat_options(const ModelEntry& entry) { return entry.options.value("chat", Json::object()); }

std::string model_cell_id(const Plan& plan, const Cell& cell, const Registry& registry) {
  const Manifest& manifest = plan.manifest;
  const PlannedModel& model = plan.models[cell.model];
  const TaskData& data = plan.data(cell);
  Json identity = {{"model", model.hash},
                   {"chat", chat_options(model.entry)},
                   {"dtype", model.entry.options.value("dtype", manifest.dtype)},
                   {"device", manifest.device.substr(0, manifest.device.find(':'))},
                   {"task", data.hash},
                   {"metrics", data.metrics},
                   {"recipe", recipe_identity(plan.recipe(cell))},
                   {"seed", cell.seed},
                   {"base", manifest.scoring.base && cell.scores_base()},
                   {"max_new_tokens", manifest.scoring.max_new_tokens.value_or(0)},
                   {"plugins", plugin_versions(&model, data, registry)},
                   {"tuneval", TUNEVAL_VERSION}};
  add_judge(identity, manifest, data);
  // Keys that a cell of a plain run lacks, so that its id is that of before there were any.
  if (manifest.scoring.curve) identity["curve"] = true;
  if (cell.learning_rate) identity["band"] = true;
  const std::string& name = model.entry.name;
  const std::string& task = plan.tasks[cell.task].entry.name;
  if (cell.kind != CellKind::model) {
    identity["kind"] = to_string(cell.kind);
    return id_of({name, task, to_string(cell.kind)}, identity);
  }
  if (cell.learning_rate) {
    return id_of({name, task, fmt::format("rate-{:g}", *cell.learning_rate)}, identity);
  }
  if (!cell.is_first) return id_of({name, task, fmt::format("seed-{}", cell.seed)}, identity);
  return id_of({name, task}, identity);
}

std::string baseline_cell_id(const Manifest& manifest, const std::string& name,
                             const PlannedTask& task, CellKind kind, const Registry& registry) {
  Json identity = {{"kind", to_string(kind)},
                   {"task", task.data.hash},
                   {"metrics", task.data.metrics},
                   {"plugins", plugin_versions(nullptr, task.data, registry)},
                   {"tuneval", TUNEVAL_VERSION}};
  if (kind == CellKind::teacher) {
    identity["teacher"] = server_identity(*manifest.teacher);
    identity["shots"] = task.teacher_shots.count;
    identity["max_new_tokens"] = manifest.scoring.max_new_tokens.value_or(0);
  }
  add_judge(identity, manifest, task.data);
  return id_of({name, task.entry.name}, identity);
}

}  // namespace tuneval
