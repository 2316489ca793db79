#include "framework/plan/plan_file.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuneval {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// Calls f(key, field) for each of an estimate's figures.
template <class Estimate, class F>
void visit_estimate(Estimate& estimate, F&& f) {
  f("tune_tokens", estimate.tune_tokens);
  f("tune_computed", estimate.tune_computed);
  f("score_tokens", estimate.score_tokens);
  f("score_computed", estimate.score_computed);
  f("tune_flops", estimate.tune_flops);
  f("forward_flops", estimate.forward_flops);
  f("flops", estimate.flops);
  f("decode_tokens", estimate.decode_tokens);
  f("decode_passes", estimate.decode_passes);
  f("peak_memory_bytes", estimate.peak_memory_bytes);
  f("disk_bytes", estimate.disk_bytes);
  f("seconds", estimate.seconds);
}

Json to_json(const PlanFileCell& cell) {
  Json json = {{"id", cell.id},       {"kind", to_string(cell.kind)},
               {"title", cell.title}, {"model", cell.model},
               {"task", cell.task},   {"seed", cell.seed}};
  if (cell.learning_rate) json["learning_rate"] = *cell.learning_rate;
  Json& estimate = json["estimate"] = Json::object();
  visit_estimate(cell.estimate, [&](const char* key, auto& field) { estimate[key] = field; });
  return json;
}

PlanFileCell cell_from_json(JsonObject& object) {
  PlanFileCell cell;
  cell.id = object.text("id");
  const std::string kind = object.text("kind");
  const std::optional<CellKind> known = cell_kind(kind);
  if (!known) object.fail("kind", fmt::format("is \"{}\": expected a kind of cell", kind));
  cell.kind = *known;
  cell.title = object.text("title");
  cell.model = object.text("model");
  cell.task = object.text("task");
  cell.seed = object.unsigned_integer("seed");
  if (object.has("learning_rate")) cell.learning_rate = object.number("learning_rate");
  const Json& estimate = object.any_object("estimate");
  visit_estimate(cell.estimate, [&](const char* key, auto& field) {
    const auto value = estimate.find(key);
    if (value != estimate.end() && value->is_number()) value->get_to(field);
  });
  return cell;
}

Json to_json(const PlanFile& plan) {
  Json cells = Json::array();
  for (const PlanFileCell& cell : plan.cells) cells.push_back(to_json(cell));
  return {{"schema_version", PlanFile::kSchemaVersion},
          {"manifest",
           {{"file", plan.manifest.string()}, {"set", plan.set}, {"output", plan.output.string()}}},
          {"plugins", plan.plugins},
          {"tuneval", plan.tuneval},
          {"cells", std::move(cells)}};
}

}  // namespace

const PlanFileCell* PlanFile::find(std::string_view id) const {
  const auto found = std::ranges::find(cells, id, &PlanFileCell::id);
  return found == cells.end() ? nullptr : &*found;
}

PlanFile plan_file_of(const Plan& plan, std::vector<std::string> set,
                      const std::vector<std::string>& plugins) {
  PlanFile file;
  file.manifest = fs::absolute(plan.manifest.file);
  file.set = std::move(set);
  file.output = plan.manifest.output;
  for (const std::string& place : plugins) file.plugins.push_back(fs::absolute(place).string());
  file.tuneval = TUNEVAL_VERSION;
  for (const Cell& cell : plan.cells) {
    file.cells.push_back({cell.id, cell.kind, cell.name, plan.tasks[cell.task].entry.name,
                          cell.seed, cell.learning_rate, cell.estimate, cell.title()});
  }
  return file;
}

fs::path plan_file_path(const fs::path& output) { return output / "plan.json"; }

void write_plan_file(const fs::path& file, const PlanFile& plan) {
  write_file_atomically(file, json_text(to_json(plan), 2) + "\n");
}

PlanFile read_plan_file(const fs::path& file) {
  const std::string where = file.string();
  const Json json = parse_json_object(read_whole_file(file), where);
  JsonObject object(json, where);
  const int64_t version = object.integer("schema_version");
  if (version != PlanFile::kSchemaVersion) {
    object.fail("schema_version",
                fmt::format("is {}: this program reads {}", version, PlanFile::kSchemaVersion));
  }
  PlanFile plan;
  JsonObject manifest = object.object("manifest");
  plan.manifest = manifest.text("file");
  plan.set = manifest.texts("set");
  plan.output = manifest.text("output");
  plan.plugins = object.texts("plugins");
  plan.tuneval = object.text("tuneval");
  for (JsonObject& cell : object.objects("cells")) plan.cells.push_back(cell_from_json(cell));
  return plan;
}

Manifest manifest_of(const PlanFile& plan) {
  Manifest manifest = read_manifest(plan.manifest, plan.set);
  manifest.output = plan.output;
  return manifest;
}

}  // namespace tuneval
