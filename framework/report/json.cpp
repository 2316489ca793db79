#include "framework/report/report.h"

#include "framework/record/json_object.h"
#include "framework/report/or_null.h"
#include "framework/report/variant_json.h"
#include "framework/report/verdict_json.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

using tuneval::or_null;  // beside those for scores and ranks

Json or_null(const std::optional<StageScore>& score) {
  if (!score) return nullptr;
  return {{"value", score->value}, {"scored", score->scored}, {"unscored", score->unscored}};
}

Json or_null(const std::optional<MeanInterval>& rank) {
  if (!rank) return nullptr;
  return {{"mean", rank->mean},
          {"half_width", or_null(rank->half_width)},
          {"interval", or_null(rank->interval)},
          {"n", rank->n}};
}

/// A whole number where it is one.
Json rank_json(const std::optional<double>& rank) {
  if (!rank) return nullptr;
  const auto whole = static_cast<int64_t>(*rank);
  return static_cast<double>(whole) == *rank ? Json(whole) : Json(*rank);
}

Json json_of(const DetailSummary& detail) {
  const auto number = [](const std::optional<double>& value) {
    return value ? json_number(*value) : Json(nullptr);
  };
  return {{"metric", detail.metric},
          {"name", detail.name},
          {"base", number(detail.base)},
          {"tuned", number(detail.tuned)}};
}

Json json_of(const Agreement& agreement, const char* first, const char* second) {
  return {{"both_right", agreement.both},
          {first, agreement.first_only},
          {second, agreement.second_only},
          {"both_wrong", agreement.neither},
          {"left_out", agreement.left_out}};
}

Json json_of(const TeacherComparison& with) {
  Json json = {{"score", with.teacher},
               {"delta", with.delta},
               {"gap_closed", or_null(with.gap_closed)},
               {"as_good", with.as_good}};
  if (with.agreement) {
    json["agreement"] = json_of(*with.agreement, "student_only", "teacher_only");
  }
  return json;
}

Json json_of(const BaselineSummary& baseline) {
  Json json = {{"kind", to_string(baseline.kind)},   {"name", baseline.name},
               {"state", to_string(baseline.state)}, {"id", baseline.id},
               {"score", or_null(baseline.score)},   {"seconds", json_number(baseline.seconds)}};
  if (!baseline.model.empty()) json["model"] = baseline.model;
  if (baseline.error) {
    json["error"] = {{"kind", baseline.error->kind}, {"message", baseline.error->message}};
  }
  return json;
}

Json json_of(const CellSummary& cell) {
  Json json = {{"model", cell.model},
               {"state", to_string(cell.state)},
               {"id", cell.id},
               {"base", or_null(cell.base)},
               {"tuned", or_null(cell.tuned)},
               {"delta", or_null(cell.delta)},
               {"base_rank", rank_json(cell.base_rank)},
               {"tuned_rank", rank_json(cell.tuned_rank)},
               {"delta_rank", rank_json(cell.delta_rank)},
               {"seconds", json_number(cell.seconds)},
               {"peak_memory_bytes", cell.peak_memory_bytes}};
  if (cell.error) json["error"] = {{"kind", cell.error->kind}, {"message", cell.error->message}};
  for (const DetailSummary& detail : cell.details) json["details"].push_back(json_of(detail));
  if (cell.seed_only) json["seed_only"] = or_null(cell.seed_only);
  if (cell.teacher) json["teacher"] = json_of(*cell.teacher);
  if (cell.changes) json["changes"] = json_of(*cell.changes, "gained", "regressed");
  return json;
}

Json json_of(const TaskSummary& task) {
  Json json = {{"name", task.name},
               {"task_type", task.task_type},
               {"metric", task.metric},
               {"higher_is_better", task.higher_is_better},
               {"lowest", json_number(task.lowest)},
               {"highest", json_number(task.highest)},
               {"cells", Json::array()}};
  for (const CellSummary& cell : task.cells) json["cells"].push_back(json_of(cell));
  for (const BaselineSummary& one : task.baselines) json["baselines"].push_back(json_of(one));
  return json;
}

Json json_of(const ModelSummary& model) {
  return {{"name", model.name},
          {"model_type", model.model_type},
          {"parameters", model.parameters},
          {"mean_rank",
           {{"tuned", or_null(model.tuned)},
            {"base", or_null(model.base)},
            {"delta", or_null(model.delta)}}}};
}

Json json_of(const Ranking& ranking) {
  Json rows = Json::array();
  for (const RankingRow& row : ranking.rows) {
    rows.push_back({{"position", row.position},
                    {"model", row.model},
                    {"mean", row.rank.mean},
                    {"half_width", or_null(row.rank.half_width)},
                    {"interval", or_null(row.rank.interval)},
                    {"n", row.rank.n}});
  }
  return rows;
}

}  // namespace

Json json_report(const Summary& summary) {
  Json json = {{"schema_version", 1},
               {"interval", to_string(summary.interval)},
               {"ties", to_string(summary.rules.ties)},
               {"missing", to_string(summary.rules.missing)},
               {"cells", Json::object()},
               {"models", Json::array()},
               {"tasks", Json::array()},
               {"rankings", Json::object()},
               {"notes", summary.notes}};
  for (const CellState state :
       {CellState::done, CellState::failed, CellState::left, CellState::not_planned}) {
    json["cells"][std::string(to_string(state))] =
        summary.cells_in(state).size() + summary.baselines_in(state).size();
  }
  for (const ModelSummary& model : summary.models) json["models"].push_back(json_of(model));
  for (const TaskSummary& task : summary.tasks) json["tasks"].push_back(json_of(task));
  for (const Ranking& ranking : summary.rankings) json["rankings"][ranking.name] = json_of(ranking);
  json["verdict"] = verdict_json(summary);
  add_variants_json(json, summary);
  return json;
}

}  // namespace tuneval
