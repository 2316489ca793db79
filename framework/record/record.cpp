#include "framework/record/record.h"

#include "framework/record/json_object.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<CellKind, 5> kKinds = {CellKind::model, CellKind::teacher, CellKind::majority,
                                            CellKind::nearest, CellKind::seed_only};

Json json_of(const MetricValue& metric) {
  Json json = {{"name", metric.name},
               {"value", json_number(metric.value)},
               {"scored", metric.scored},
               {"unscored", metric.unscored},
               {"higher_is_better", metric.higher_is_better},
               {"lowest", json_number(metric.lowest)},
               {"highest", json_number(metric.highest)}};
  if (!metric.judge.empty()) json["judge"] = metric.judge;
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
  if (score.ranked) json["ranked"] = true;
  if (score.shots > 0) json["shots"] = score.shots;
  if (score.energy_joules) json["energy_joules"] = json_number(*score.energy_joules);
  return json;
}

Json json_of(const TuneEpoch& epoch) {
  Json json = {{"epoch", epoch.epoch}, {"step", epoch.step}, {"loss", json_number(epoch.loss)}};
  if (epoch.validation_loss) json["validation_loss"] = json_number(*epoch.validation_loss);
  if (epoch.score) json["score"] = json_number(*epoch.score);
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
  if (tune.adapter_bytes) json["adapter_bytes"] = *tune.adapter_bytes;
  if (tune.energy_joules) json["energy_joules"] = json_number(*tune.energy_joules);
  for (const TuneEpoch& epoch : tune.learning_curve) {
    json["learning_curve"].push_back(json_of(epoch));
  }
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

}  // namespace

std::string_view to_string(CellKind kind) {
  switch (kind) {
    case CellKind::model: return "model";
    case CellKind::teacher: return "teacher";
    case CellKind::majority: return "majority";
    case CellKind::nearest: return "nearest";
    case CellKind::seed_only: return "seed_only";
  }
  return "";
}

std::optional<CellKind> cell_kind(std::string_view name) {
  for (const CellKind kind : kKinds) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::string_view to_string(Stage stage) { return stage == Stage::base ? "base" : "tuned"; }

nlohmann::ordered_json to_json(const CellRecord& record) {
  Json json = {
      {"schema_version", record.schema_version}, {"id", record.id}, {"status", record.status}};
  if (record.error) {
    json["error"] = {{"kind", record.error->kind}, {"message", record.error->message}};
  }
  if (record.kind != CellKind::model) json["kind"] = to_string(record.kind);
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
  if (record.band) json["band"] = true;
  if (record.energy_joules) json["energy_joules"] = json_number(*record.energy_joules);
  if (record.rescored) {
    json["rescored"] = {{"at", record.rescored->at},
                        {"metrics", record.rescored->metrics},
                        {"tuneval", record.rescored->tuneval},
                        {"plugins", record.rescored->plugins}};
  }
  return json;
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace tuneval
