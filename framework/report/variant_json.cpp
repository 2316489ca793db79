#include "framework/report/variant_json.h"

#include "framework/record/json_object.h"
#include "framework/report/or_null.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

void add_error(Json& json, const std::optional<CellError>& error) {
  if (error) json["error"] = {{"kind", error->kind}, {"message", error->message}};
}

Json json_of(const SeedSummary& seeds) {
  Json json = {{"model", seeds.model}, {"task", seeds.task}, {"runs", Json::array()}};
  for (const SeedRun& run : seeds.runs) {
    json["runs"].push_back({{"seed", run.seed}, {"id", run.id}, {"tuned", or_null(run.tuned)}});
    add_error(json["runs"].back(), run.error);
  }
  if (seeds.spread) {
    json["mean"] = seeds.spread->mean;
    json["deviation"] = seeds.spread->deviation;
    json["least"] = seeds.spread->least;
    json["most"] = seeds.spread->most;
  }
  json["worst"] = or_null(seeds.worst);
  if (seeds.variance) {
    json["variance"] = {{"seed", seeds.variance->seed},
                        {"rows", seeds.variance->rows},
                        {"rest", seeds.variance->rest},
                        {"test_rows", seeds.variance->mean_rows}};
  }
  return json;
}

Json json_of(const TaskNoise& noise) {
  return {{"task", noise.task}, {"floor", noise.floor}, {"seeds", noise.seeds}};
}

Json json_of(const BandSummary& band) {
  Json json = {{"model", band.model}, {"task", band.task}, {"runs", Json::array()}};
  for (const RateRun& run : band.runs) {
    json["runs"].push_back({{"learning_rate", run.learning_rate},
                            {"id", run.id},
                            {"own", run.own},
                            {"chosen", run.chosen},
                            {"validation_loss", or_null(run.validation_loss)},
                            {"tuned", or_null(run.tuned)}});
    add_error(json["runs"].back(), run.error);
  }
  return json;
}

Json json_of(const BandRank& rank) {
  return {{"model", rank.model},
          {"own", {{"position", rank.own_position}, {"mean", rank.own}}},
          {"chosen", {{"position", rank.chosen_position}, {"mean", rank.chosen}}},
          {"n", rank.tasks}};
}

Json json_of(const CurveSummary& curve) {
  Json json = {{"model", curve.model}, {"task", curve.task}, {"epochs", Json::array()}};
  for (const TuneEpoch& epoch : curve.epochs) {
    json["epochs"].push_back({{"epoch", epoch.epoch},
                              {"step", epoch.step},
                              {"loss", json_number(epoch.loss)},
                              {"validation_loss", or_null(epoch.validation_loss)},
                              {"score", or_null(epoch.score)}});
  }
  return json;
}

/// What a cell's costs and a model's have in common.
template <class Cost>
void add_figures(Json& json, const Cost& cost) {
  json["parameters"] = cost.parameters;
  json["trained_parameters"] = or_null(cost.trained_parameters);
  json["adapter_bytes"] = or_null(cost.adapter_bytes);
  json["tune_tokens_per_second"] = or_null(cost.tune_tokens_per_second);
  json["score_tokens_per_second"] = or_null(cost.score_tokens_per_second);
  json["examples_per_second"] = or_null(cost.examples_per_second);
  json["seconds"] = json_number(cost.seconds);
  json["peak_memory_bytes"] = cost.peak_memory_bytes;
  json["energy_joules"] = or_null(cost.energy_joules);
  json["on_size_front"] = cost.on_size_front;
  json["on_speed_front"] = cost.on_speed_front;
}

Json json_of(const ModelCost& cost) {
  Json json = {{"model", cost.model}};
  add_figures(json, cost);
  json["mean_rank"] = or_null(cost.mean_rank);
  return json;
}

Json json_of(const CellCost& cost) {
  Json json = {{"model", cost.model}, {"task", cost.task}, {"id", cost.id}};
  add_figures(json, cost);
  json["score"] = or_null(cost.score);
  return json;
}

Json json_of(const TeacherCost& teacher) {
  return {{"name", teacher.name},
          {"model", teacher.model},
          {"tasks", teacher.tasks},
          {"examples", teacher.examples},
          {"prompt_tokens", teacher.prompt_tokens},
          {"answer_tokens", teacher.answer_tokens},
          {"seconds", json_number(teacher.seconds)}};
}

Json json_of(const Recommendation& one) {
  Json json = {{"wish", to_string(one.wish)},
               {"models", one.models},
               {"can_tell", one.can_tell()},
               {"evidence", one.evidence}};
  if (one.parameters) json["parameters"] = *one.parameters;
  return json;
}

template <class Item>
Json array_of(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(json_of(item));
  return json;
}

template <class Item>
void add_where_any(Json& json, const char* key, const std::vector<Item>& items) {
  if (!items.empty()) json[key] = array_of(items);
}

}  // namespace

void add_variants_json(Json& json, const Summary& summary) {
  const VariantSummary& variants = summary.variants;
  add_where_any(json, "seeds", variants.seeds);
  add_where_any(json, "noise", variants.noise);
  add_where_any(json, "bands", variants.bands);
  add_where_any(json, "band_ranking", variants.band_ranking);
  add_where_any(json, "learning_curves", variants.curves);
  const CostSummary& costs = summary.costs;
  if (!costs.cells.empty()) {
    json["costs"] = {{"seconds", json_number(costs.seconds)},
                     {"energy_joules", or_null(costs.energy_joules)},
                     {"models", array_of(costs.models)},
                     {"cells", array_of(costs.cells)}};
    add_where_any(json["costs"], "teachers", costs.teachers);
  }
  add_where_any(json, "recommendations", summary.recommendations);
}

}  // namespace tuneval
