#include "framework/report/verdict_json.h"

#include "framework/record/json_object.h"
#include "framework/report/or_null.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const VerdictOptions& options) {
  return {{"level", options.level},
          {"alpha", options.alpha},
          {"power", options.power},
          {"score_interval", to_string(options.interval)},
          {"multiple", to_string(options.multiple)},
          {"resamples", options.resamples},
          {"seed", options.seed}};
}

Json json_of(const std::optional<RowInterval>& score) {
  if (!score) return nullptr;
  Json json = {{"method", score->method},
               {"low", json_number(score->interval.low)},
               {"high", json_number(score->interval.high)},
               {"rows", score->rows}};
  if (score->groups > 0) json["groups"] = score->groups;
  return json;
}

Json json_of(const PairedResult& result) {
  Json json = {{"difference", json_number(result.difference)},
               {"interval", or_null(result.interval)},
               {"test", result.test},
               {"p", result.p},
               {"adjusted", result.adjusted},
               {"told", to_string(result.told)},
               {"rows", result.rows},
               {"detectable", or_null(result.detectable)},
               {"rows_needed", or_null(result.rows_needed)}};
  if (result.counts) {
    json["counts"] = {{"both", result.counts->both},
                      {"only_first", result.counts->only_first},
                      {"only_second", result.counts->only_second},
                      {"neither", result.counts->neither}};
  }
  return json;
}

Json json_of(const FormatGain& format) {
  const auto part = [](const GainPart& one) {
    return Json{{"answers", one.rows}, {"gain", json_number(one.gain)}};
  };
  return {{"gain", json_number(format.gain)},
          {"by_form", or_null(format.by_form)},
          {"by_content", or_null(format.by_content)},
          {"became_valid", part(format.became_valid)},
          {"stayed_valid", part(format.stayed_valid)},
          {"became_invalid", part(format.became_invalid)},
          {"stayed_invalid", part(format.stayed_invalid)}};
}

Json json_of(const MarginResult& teacher) {
  return {{"method", teacher.method},
          {"margin", teacher.margin},
          {"difference", json_number(teacher.result.difference)},
          {"interval", or_null(std::optional(teacher.result.interval))},
          {"p", teacher.result.p},
          {"no_worse", teacher.result.holds},
          {"rows", teacher.rows}};
}

Json json_of(const CellVerdict& cell) {
  Json json = {{"model", cell.model},
               {"task", cell.task},
               {"base", json_of(cell.base)},
               {"tuned", json_of(cell.tuned)},
               {"effect", cell.effect ? json_of(*cell.effect) : Json(nullptr)}};
  if (cell.format) json["format"] = json_of(*cell.format);
  if (cell.tunability) {
    json["tunability"] = {{"delta", json_number(cell.tunability->delta)},
                          {"headroom", or_null(cell.tunability->share_of_headroom)},
                          {"gap", or_null(cell.tunability->share_of_gap)}};
  }
  if (cell.teacher) json["teacher"] = json_of(*cell.teacher);
  return json;
}

Json json_of(const ModelPair& pair) {
  Json json = {{"first", pair.first}, {"second", pair.second}};
  json.update(json_of(pair.result));
  return json;
}

Json json_of(const std::vector<ModelPair>& pairs) {
  Json json = Json::array();
  for (const ModelPair& pair : pairs) json.push_back(json_of(pair));
  return json;
}

Json json_of(const TestPower& power) {
  Json json = {{"ranking", to_string(power.ranked)},
               {"rows", power.rows},
               {"best", power.best},
               {"score", json_number(power.score)},
               {"same_rows", or_null(power.paired)},
               {"own_rows_above", or_null(power.unpaired.above)},
               {"own_rows_below", or_null(power.unpaired.below)}};
  if (power.groups > 0) json["groups"] = power.groups;
  if (!power.second.empty()) json["next"] = power.second;
  json["difference"] = or_null(power.difference);
  json["rows_needed"] = or_null(power.rows_needed);
  return json;
}

Json json_of(const TaskVerdict& task) {
  Json json = {{"task", task.task},
               {"metric", task.metric},
               {"resamples", task.resamples},
               {"noise_floor", or_null(task.noise_floor)},
               {"power", task.power ? json_of(*task.power) : Json(nullptr)},
               {"rankings", Json::object()}};
  for (const TaskPairs& pairs : task.pairs) {
    json["rankings"][std::string(to_string(pairs.ranked))] = {{"groups", pairs.groups},
                                                              {"pairs", json_of(pairs.pairs)}};
  }
  return json;
}

Json json_of(const OverTasks& over) {
  Json json = {
      {"models", over.models},
      {"tasks", over.tasks},
      {"mean_ranks", over.mean_ranks},
      {"friedman",
       {{"chi_square", json_number(over.friedman.chi_square)},
        {"p", over.friedman.p},
        {"f", json_number(over.friedman.f)},
        {"f_p", over.friedman.f_p}}},
      {"nemenyi",
       {{"critical_difference", over.critical_difference}, {"groups", over.nemenyi_groups}}}};
  Json pairs = Json::array();
  for (const PairTest& pair : over.wilcoxon) {
    pairs.push_back({{"first", over.models[pair.first]},
                     {"second", over.models[pair.second]},
                     {"p", pair.p},
                     {"adjusted", pair.adjusted}});
  }
  json["wilcoxon"] = {
      {"least_adjusted", over.least_wilcoxon}, {"groups", over.wilcoxon_groups}, {"pairs", pairs}};
  if (!over.row_pairs.empty()) {
    json["rows"] = {{"groups", over.row_groups}, {"pairs", json_of(over.row_pairs)}};
  }
  return json;
}

Json json_of(const TunabilityRanking& tunability) {
  Json rows = Json::array();
  for (size_t i = 0; i < tunability.ranking.rows.size(); ++i) {
    const RankingRow& row = tunability.ranking.rows[i];
    rows.push_back({{"position", row.position},
                    {"model", row.model},
                    {"mean", row.rank.mean},
                    {"interval", or_null(row.rank.interval)},
                    {"n", row.rank.n},
                    {"mean_share", json_number(tunability.mean_shares[i])}});
  }
  return rows;
}

}  // namespace

Json verdict_json(const Summary& summary) {
  const Verdict& verdict = summary.verdict;
  Json json = {{"options", json_of(verdict.options)},
               {"cells", Json::array()},
               {"tasks", Json::array()},
               {"over_tasks", Json::object()},
               {"tunability", Json::object()}};
  for (const CellVerdict& cell : verdict.cells) json["cells"].push_back(json_of(cell));
  for (const TaskVerdict& task : verdict.tasks) json["tasks"].push_back(json_of(task));
  for (const OverTasks& over : verdict.over_tasks) {
    json["over_tasks"][std::string(to_string(over.ranked))] = json_of(over);
  }
  for (const TunabilityRanking& one : verdict.tunability) {
    json["tunability"][one.ranking.name] = json_of(one);
  }
  return json;
}

}  // namespace tuneval
