#include "framework/record/record.h"

#include "framework/record/json_object.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const MetricValue& metric) {
  Json json = {{"name", metric.name},
               {"value", json_number(metric.value)},
               {"scored", metric.scored},
               {"unscored", metric.unscored},
               {"higher_is_better", metric.higher_is_better},
               {"lowest", json_number(metric.lowest)},
               {"highest", json_number(metric.highest)}};
  for (const auto& [name, value] : metric.details) {
    json["details"].push_back({{"name", name}, {"value", json_number(value)}});
  }
  return json;
}

Json json_of(const ScoreSummary& score) {
  Json metrics = Json::array();
  for (const MetricValue& metric : score.metrics) metrics.push_back(json_of(metric));
  Json json = {{"metrics", metrics},
               {"examples", score.examples},
               {"parsed", score.parsed},
               {"prompt_tokens", score.prompt_tokens},
               {"computed_tokens", score.computed_tokens},
               {"new_tokens", score.new_tokens},
               {"seconds", json_number(score.seconds)}};
  if (score.constrained) json["constrained"] = true;
  if (score.shots > 0) json["shots"] = score.shots;
  return json;
}

Json json_of(const TuneSummary& tune) {
  Json json = {{"steps", tune.steps},
               {"epochs", tune.epochs},
               {"examples", tune.examples},
               {"tokens", tune.tokens},
               {"computed_tokens", tune.computed_tokens},
               {"trained_parameters", tune.trained_parameters},
               {"final_loss", json_number(tune.final_loss)},
               {"best_step", tune.best_step}};
  if (tune.validation_loss) json["validation_loss"] = json_number(*tune.validation_loss);
  json["seconds"] = json_number(tune.seconds);
  json["adapter"] = tune.adapter;
  json["curve"] = Json::array();
  for (const TuneStep& step : tune.curve) {
    json["curve"].push_back({{"step", step.step},
                             {"loss", json_number(step.loss)},
                             {"learning_rate", json_number(step.learning_rate)},
                             {"grad_norm", json_number(step.grad_norm)}});
  }
  return json;
}

Json json_of(const LogitParity& logits) {
  Json json = {{"rows", logits.rows},
               {"positions", logits.positions},
               {"largest_logit", json_number(logits.largest_logit)},
               {"reloaded", json_number(logits.reloaded)}};
  if (logits.merged) json["merged"] = json_number(*logits.merged);
  if (logits.rounded) json["rounded"] = json_number(*logits.rounded);
  if (logits.same_choice) json["same_choice"] = *logits.same_choice;
  return json;
}

Json json_of(const Parity& parity) {
  Json json = {{"token_rows", parity.token_rows}, {"order_independent", parity.order_independent}};
  if (parity.logits) json["logits"] = json_of(*parity.logits);
  return json;
}

MetricValue metric_of(JsonObject json) {
  MetricValue metric;
  metric.name = json.text("name");
  metric.value = json.number("value");
  metric.scored = json.integer("scored");
  metric.unscored = json.integer("unscored");
  metric.higher_is_better = json.flag("higher_is_better");
  metric.lowest = json.number("lowest");
  metric.highest = json.number("highest");
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
  if (json.has("shots")) score.shots = json.integer("shots");
  json.finish();
  return score;
}

TuneStep step_of(JsonObject json) {
  const TuneStep step{json.integer("step"), json.number("loss"), json.number("learning_rate"),
                      json.number("grad_norm")};
  json.finish();
  return step;
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

}  // namespace

std::string_view to_string(Stage stage) { return stage == Stage::base ? "base" : "tuned"; }

nlohmann::ordered_json to_json(const CellRecord& record) {
  Json json = {
      {"schema_version", record.schema_version}, {"id", record.id}, {"status", record.status}};
  if (record.error) {
    json["error"] = {{"kind", record.error->kind}, {"message", record.error->message}};
  }
  const ModelFacts& model = record.model;
  json["model"] = {{"name", model.name},
                   {"path", model.path},
                   {"model_type", model.model_type},
                   {"parameters", model.parameters},
                   {"hash", model.hash}};
  const TaskFacts& task = record.task;
  json["task"] = {{"name", task.name},
                  {"pack", task.pack},
                  {"task_type", task.task_type},
                  {"hash", task.hash},
                  {"train_rows", task.train_rows},
                  {"test_rows", task.test_rows},
                  {"licence", task.licence}};
  if (!task.options.empty()) json["task"]["options"] = task.options;
  json["recipe"] = record.recipe;
  json["seed"] = record.seed;
  json["versions"] = {{"tuneval", record.versions.tuneval},
                      {"libtorch", record.versions.libtorch},
                      {"plugins", record.versions.plugins}};
  json["device"] = record.device;
  json["dtype"] = record.dtype;
  if (record.base) json["base"] = json_of(*record.base);
  if (record.tune) json["tune"] = json_of(*record.tune);
  if (record.parity) json["parity"] = json_of(*record.parity);
  if (record.tuned) json["tuned"] = json_of(*record.tuned);
  json["started"] = record.started;
  json["finished"] = record.finished;
  json["seconds"] = json_number(record.seconds);
  json["peak_memory_bytes"] = record.peak_memory_bytes;
  if (record.rescored) {
    json["rescored"] = {{"at", record.rescored->at},
                        {"metrics", record.rescored->metrics},
                        {"tuneval", record.rescored->tuneval},
                        {"plugins", record.rescored->plugins}};
  }
  return json;
}

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
  if (json.has("rescored")) record.rescored = mark_of(json.object("rescored"));
  json.finish();
  return record;
}

CellRecord parse_record(std::string_view text, std::string_view where) {
  return record_from_json(parse_json_object(text, where), where);
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace tuneval
