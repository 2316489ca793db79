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

std::string model_cell_id(const Manifest& manifest, const PlannedModel& model,
                          const PlannedTask& task, const TaskData& data, CellKind kind,
                          const Registry& registry) {
  Json identity = {{"model", model.hash},
                   {"chat", chat_options(model.entry)},
                   {"dtype", model.entry.options.value("dtype", manifest.dtype)},
                   {"device", manifest.device.substr(0, manifest.device.find(':'))},
                   {"task", data.hash},
                   {"metrics", data.metrics},
                   {"recipe", recipe_identity(manifest.tuning)},
                   {"seed", manifest.seed},
                   {"base", manifest.scoring.base && kind == CellKind::model},
                   {"max_new_tokens", manifest.scoring.max_new_tokens.value_or(0)},
                   {"plugins", plugin_versions(&model, data, registry)},
                   {"tuneval", TUNEVAL_VERSION}};
  add_judge(identity, manifest, data);
  if (kind == CellKind::model) return id_of({model.entry.name, task.entry.name}, identity);
  identity["kind"] = to_string(kind);
  return id_of({model.entry.name, task.entry.name, to_string(kind)}, identity);
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
