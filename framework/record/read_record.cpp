#include "framework/record/json_object.h"
#include "framework/record/record.h"

#include <fmt/format.h>

namespace tuneval {
namespace {

MetricValue metric_of(JsonObject json) {
  MetricValue metric;
  metric.name = json.text("name");
  metric.value = json.number("value");
  metric.scored = json.integer("scored");
  metric.unscored = json.integer("unscored");
  metric.higher_is_better = json.flag("higher_is_better");
  metric.lowest = json.number("lowest");
  metric.highest = json.number("highest");
  if (json.has("judge")) metric.judge = json.text("judge");
  if (json.has("details")) {
    for (JsonObject& detail : json.objects("details")) {
      metric.details.emplace_back(detail.text("name"), detail.number("value"));
      detail.finish();
    }
  }
  json.finish();
  return metric;
}

ScoreSummary score_of(JsonObject json) {
  ScoreSummary score;
  for (JsonObject& metric : json.objects("metrics")) score.metrics.push_back(metric_of(metric));
  if (score.metrics.empty()) json.fail("metrics", "is empty: expected the headline at least");
  score.examples = json.integer("examples");
  score.parsed = json.integer("parsed");
  score.prompt_tokens = json.integer("prompt_tokens");
  score.computed_tokens = json.integer("computed_tokens");
  score.new_tokens = json.integer("new_tokens");
  score.seconds = json.number("seconds");
  if (json.has("constrained")) score.constrained = json.flag("constrained");
  if (json.has("ranked")) score.ranked = json.flag("ranked");
  if (json.has("shots")) score.shots = json.integer("shots");
  if (json.has("energy_joules")) score.energy_joules = json.number("energy_joules");
  json.finish();
  return score;
}

TuneStep step_of(JsonObject json) {
  const TuneStep step{json.integer("step"), json.number("loss"), json.number("learning_rate"),
                      json.number("grad_norm")};
  json.finish();
  return step;
}

TuneEpoch epoch_of(JsonObject json) {
  TuneEpoch epoch{json.integer("epoch"), json.integer("step"), json.number("loss"), {}, {}};
  if (json.has("validation_loss")) epoch.validation_loss = json.number("validation_loss");
  if (json.has("score")) epoch.score = json.number("score");
  json.finish();
  return epoch;
}

TuneSummary tune_of(JsonObject json) {
  TuneSummary tune;
  tune.steps = json.integer("steps");
  tune.epochs = json.integer("epochs");
  tune.examples = json.integer("examples");
  tune.tokens = json.integer("tokens");
  tune.computed_tokens = json.integer("computed_tokens");
  tune.trained_parameters = json.integer("trained_parameters");
  tune.final_loss = json.number("final_loss");
  tune.best_step = json.integer("best_step");
  if (json.has("validation_loss")) tune.validation_loss = json.number("validation_loss");
  tune.seconds = json.number("seconds");
  tune.adapter = json.text("adapter");
  if (json.has("adapter_bytes")) tune.adapter_bytes = json.integer("adapter_bytes");
  if (json.has("energy_joules")) tune.energy_joules = json.number("energy_joules");
  if (json.has("learning_curve")) {
    for (JsonObject& epoch : json.objects("learning_curve")) {
      tune.learning_curve.push_back(epoch_of(epoch));
    }
  }
  for (JsonObject& step : json.objects("curve")) tune.curve.push_back(step_of(step));
  json.finish();
  return tune;
}

LogitParity logit_parity_of(JsonObject json) {
  LogitParity logits;
  logits.rows = json.integer("rows");
  logits.positions = json.integer("positions");
  logits.largest_logit = json.number("largest_logit");
  logits.reloaded = json.number("reloaded");
  if (json.has("merged")) logits.merged = json.number("merged");
  if (json.has("rounded")) logits.rounded = json.number("rounded");
  if (json.has("same_choice")) logits.same_choice = json.integer("same_choice");
  json.finish();
  return logits;
}

Parity parity_of(JsonObject json) {
  Parity parity;
  parity.token_rows = json.integer("token_rows");
  parity.order_independent = json.flag("order_independent");
  if (json.has("logits")) parity.logits = logit_parity_of(json.object("logits"));
  json.finish();
  return parity;
}

ModelFacts model_of(JsonObject json) {
  const ModelFacts model{json.text("name"), json.text("path"), json.text("model_type"),
                         json.integer("parameters"), json.text("hash")};
  json.finish();
  return model;
}

TaskFacts task_of(JsonObject json) {
  TaskFacts task{json.text("name"),   json.text("pack"),          json.text("task_type"),
                 json.text("hash"),   json.integer("train_rows"), json.integer("test_rows"),
                 json.text("licence")};
  if (json.has("options")) task.options = json.any_object("options");
  json.finish();
  return task;
}

std::map<std::string, std::string> plugins_of(JsonObject json) {
  std::map<std::string, std::string> plugins;
  for (const auto& item : json.json().items()) plugins[item.key()] = json.text(item.key());
  return plugins;
}

Versions versions_of(JsonObject json) {
  const Versions versions{json.text("tuneval"), json.text("libtorch"),
                          plugins_of(json.object("plugins"))};
  json.finish();
  return versions;
}

RescoreMark mark_of(JsonObject json) {
  const RescoreMark mark{json.text("at"), json.texts("metrics"), json.text("tuneval"),
                         plugins_of(json.object("plugins"))};
  json.finish();
  return mark;
}

CellError error_of(JsonObject json) {
  const CellError error{json.text("kind"), json.text("message")};
  json.finish();
  return error;
}

void read_status(JsonObject& json, CellRecord& record) {
  record.status = json.text("status");
  if (record.status != "done" && record.status != "failed") {
    json.fail("status", fmt::format("is \"{}\": expected \"done\" or \"failed\"", record.status));
  }
  if (json.has("error")) record.error = error_of(json.object("error"));
  if (record.error.has_value() == record.done()) {
    json.fail("error", record.done() ? "is there, though the cell is done" : "is missing");
  }
}

CellKind kind_of(JsonObject& json) {
  if (!json.has("kind")) return CellKind::model;
  const std::string name = json.text("kind");
  const std::optional<CellKind> kind = cell_kind(name);
  if (!kind) {
    json.fail("kind", fmt::format("is \"{}\": expected \"model\", \"teacher\", \"majority\", "
                                  "\"nearest\" or \"seed_only\"",
                                  name));
  }
  return *kind;
}

}  // namespace

CellRecord record_from_json(const nlohmann::ordered_json& whole, std::string_view where) {
  JsonObject json(whole, where);
  CellRecord record;
  record.schema_version = json.integer("schema_version");
  if (record.schema_version != CellRecord::kSchemaVersion) {
    json.fail("schema_version", fmt::format("is {}: this program reads {}", record.schema_version,
                                            CellRecord::kSchemaVersion));
  }
  record.id = json.text("id");
  read_status(json, record);
  record.kind = kind_of(json);
  record.model = model_of(json.object("model"));
  record.task = task_of(json.object("task"));
  record.recipe = json.any_object("recipe");
  record.seed = json.unsigned_integer("seed");
  record.versions = versions_of(json.object("versions"));
  record.device = json.text("device");
  record.dtype = json.text("dtype");
  if (json.has("base")) record.base = score_of(json.object("base"));
  if (json.has("tune")) record.tune = tune_of(json.object("tune"));
  if (json.has("parity")) record.parity = parity_of(json.object("parity"));
  if (json.has("tuned")) record.tuned = score_of(json.object("tuned"));
  record.started = json.text("started");
  record.finished = json.text("finished");
  record.seconds = json.number("seconds");
  record.peak_memory_bytes = json.integer("peak_memory_bytes");
  if (json.has("band")) record.band = json.flag("band");
  if (json.has("energy_joules")) record.energy_joules = json.number("energy_joules");
  if (json.has("rescored")) record.rescored = mark_of(json.object("rescored"));
  json.finish();
  return record;
}

CellRecord parse_record(std::string_view text, std::string_view where) {
  return record_from_json(parse_json_object(text, where), where);
}

}  // namespace tuneval
