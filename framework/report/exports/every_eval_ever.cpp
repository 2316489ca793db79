// The form is that of EvalEval's schema 0.3.0, aggregate and by instance.
#include "framework/record/json_object.h"
#include "framework/report/exports/exported_models.h"
#include "framework/report/exports/formats.h"
#include "framework/report/exports/uncertainty.h"
#include "framework/summary/pairs.h"

#include <fmt/format.h>

#include <cmath>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

const char* const kSchemaVersion = "0.3.0";

/// Of the form of a random UUID (version 4), made of a digest: the same evaluation has one name.
std::string uuid_of(std::string_view name) {
  std::string digits = sha256_hex(name).substr(0, 32);
  digits[12] = '4';
  digits[16] = "89ab"[digits[16] % 4];
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

/// "Qwen" of a folder that huggingface_hub made: …/models--Qwen--Qwen3-0.6B/snapshots/….
std::string developer_of(const CellRecord& record) {
  for (const std::filesystem::path& part : std::filesystem::path(record.model.path)) {
    const std::string name = part.string();
    if (!name.starts_with("models--")) continue;
    const size_t begin = std::string_view("models--").size(), end = name.find("--", begin);
    if (end != name.npos && end > begin) return file_name(name.substr(begin, end - begin));
  }
  return "local";
}

/// Details are texts there, all of them.
std::string detail(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value, -1);
}

Json model_info(const ExportedModel& model, const std::string& id) {
  const CellRecord& record = model.first();
  const bool is_teacher = model.kind == CellKind::teacher;
  Json details = {{"deployment_type", is_teacher ? "unknown" : "self_deployed"},
                  {"model_availability", "unknown"},
                  {"model_type", record.model.model_type},
                  {"stage", to_string(model.stage)},
                  {"seed", fmt::format("{}", record.seed)}};
  if (record.model.parameters > 0) {
    details["parameters"] = fmt::format("{}", record.model.parameters);
  }
  if (!record.model.hash.empty()) details["checkpoint_hash"] = record.model.hash;
  if (model.stage == Stage::tuned) {
    details["tuning"] = "an adapter of its own for each task";
    for (const auto& item : record.recipe.items()) {
      details["tuning." + item.key()] = detail(item.value());
    }
  }
  Json json = {{"name", model.name}, {"id", id}, {"developer", developer_of(record)}};
  if (!is_teacher) {
    json["inference_engine"] = {{"name", "tuneval"}, {"version", record.versions.tuneval}};
  }
  json["additional_details"] = details;
  return json;
}

Json metric_config(const MetricValue& metric, const CellRecord& record) {
  Json json = {{"evaluation_description",
                fmt::format("{} on the pack {}", record.task.task_type, record.task.name)},
               {"metric_id", metric.name},
               {"metric_name", metric.name},
               {"lower_is_better", !metric.higher_is_better},
               {"score_type", "continuous"},
               {"min_score", json_number(metric.lowest)},
               {"max_score", json_number(metric.highest)}};
  // The schema's llm_scoring asks for the judge's prompt, which a record does not hold.
  if (!metric.judge.empty()) json["additional_details"] = {{"judge", metric.judge}};
  return json;
}

Json score_details(const MetricValue& metric, const std::optional<Uncertainty>& sure) {
  Json details = {{"scored", fmt::format("{}", metric.scored)},
                  {"unscored", fmt::format("{}", metric.unscored)}};
  for (const auto& [name, value] : metric.details) details[name] = fmt::format("{}", value);
  Json json = {{"score", metric.value}, {"details", details}};
  if (!sure) return json;
  json["uncertainty"] = {
      {"standard_error", {{"value", sure->standard_error}, {"method", "analytic"}}},
      {"confidence_interval",
       {{"lower", sure->interval.low},
        {"upper", sure->interval.high},
        {"confidence_level", 0.95},
        {"method", sure->method}}},
      {"standard_deviation", sure->standard_deviation},
      {"num_samples", sure->examples}};
  return json;
}

std::string result_id(const CellRecord& record, const MetricValue& metric) {
  return fmt::format("{}/{}", record.task.name, metric.name);
}

Json result_of(const ExportedScore& scored, const MetricValue& metric,
               const std::optional<Uncertainty>& sure) {
  const CellRecord& record = *scored.record;
  Json generation = {{"shots", fmt::format("{}", scored.score->shots)},
                     {"constrained", detail(scored.score->constrained)},
                     {"ranked", detail(scored.score->ranked)},
                     {"device", record.device},
                     {"dtype", record.dtype}};
  const Json source = {{"dataset_name", record.task.name},
                       {"source_type", "other"},
                       {"additional_details",
                        {{"hash", record.task.hash},
                         {"licence", record.task.licence},
                         {"test_rows", fmt::format("{}", record.task.test_rows)}}}};
  return {{"evaluation_result_id", result_id(record, metric)},
          {"evaluation_name", record.task.name},
          {"source_data", source},
          {"evaluation_timestamp", record.finished},
          {"metric_config", metric_config(metric, record)},
          {"score_details", score_details(metric, sure)},
          {"generation_config", {{"additional_details", generation}}}};
}

/// Whether the schema can hold it: a number that something was scored for.
bool has_value(const MetricValue& metric) {
  return metric.scored > 0 && std::isfinite(metric.value);
}

/// One model's file, and the lines of its examples.
class Log {
 public:
  Log(const ExportedModel& model, const std::string& collection)
      : model_(model),
        collection_(collection),
        developer_(developer_of(model.first())),
        id_(developer_ + "/" + file_name(model.name)),
        timestamp_(fmt::format("{}", unix_time(model.finished()))),
        evaluation_(fmt::format("{}/{}/{}", collection, id_, timestamp_)) {}

  void add(const ExportedScore& scored, const std::optional<std::vector<PredictionRow>>& rows) {
    for (const MetricValue& metric : scored.score->metrics) {
      if (!has_value(metric)) continue;
      results_.push_back(
          result_of(scored, metric, rows ? uncertainty_of(*rows, metric) : std::nullopt));
      if (rows) add_samples(*scored.record, metric, *rows);
    }
  }

  void write(ExportFolder& folder) const {
    if (results_.empty()) return;
    const CellRecord& record = model_.first();
    const std::filesystem::path place =
        std::filesystem::path("data") / collection_ / developer_ / file_name(model_.name);
    const std::string uuid = uuid_of(evaluation_);
    Json json = {{"schema_version", kSchemaVersion},
                 {"evaluation_id", evaluation_},
                 {"evaluation_timestamp", model_.finished()},
                 {"retrieved_timestamp", timestamp_},
                 {"source_metadata",
                  {{"source_name", "tuneval"},
                   {"source_type", "evaluation_run"},
                   {"source_organization_name", "unknown"},
                   {"evaluator_relationship", "other"}}},
                 {"eval_library", {{"name", "tuneval"}, {"version", record.versions.tuneval}}},
                 {"model_info", model_info(model_, id_)},
                 {"evaluation_results", results_}};
    if (lines_ > 0) {
      const std::filesystem::path samples = place / (uuid + "_samples.jsonl");
      json["detailed_evaluation_results"] = {{"format", "jsonl"},
                                             {"file_path", samples.generic_string()},
                                             {"hash_algorithm", "sha256"},
                                             {"checksum", sha256_hex(samples_)},
                                             {"total_rows", lines_}};
      folder.write(samples, samples_);
    }
    folder.write(place / (uuid + ".json"), json_text(json, 2) + "\n");
  }

 private:
  /// A line for each row and metric that has a score: the schema has no place for others.
  void add_samples(const CellRecord& record, const MetricValue& metric,
                   std::span<const PredictionRow> rows) {
    const std::vector<ExampleValue> values = values_of(rows, metric.name);
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::optional<double>& value = values[i].value;
      if (!value || !std::isfinite(*value)) continue;
      samples_ += json_text(sample_of(record, metric, rows[i], *value), -1) + "\n";
      ++lines_;
    }
  }

  Json sample_of(const CellRecord& record, const MetricValue& metric, const PredictionRow& row,
                 double value) const {
    const Json attribution = {{"turn_idx", 0},
                              {"source", "output.raw"},
                              {"extracted_value", row.prediction},
                              {"extraction_method", record.task.task_type},
                              {"is_terminal", true}};
    return {
        {"schema_version", kSchemaVersion},
        {"evaluation_id", evaluation_},
        {"model_id", id_},
        {"evaluation_name", record.task.name},
        {"evaluation_result_id", result_id(record, metric)},
        {"sample_id", fmt::format("{}#{}", row.where, row.index)},
        {"interaction_type", "single_turn"},
        {"input", {{"raw", row.prompt}, {"formatted", row.prompt}, {"reference", row.references}}},
        {"output", {{"raw", Json::array({row.completion})}}},
        {"answer_attribution", Json::array({attribution})},
        {"evaluation", {{"score", value}, {"is_correct", is_right(value, metric)}}},
        {"metadata", {{"stop", row.stop}, {"parsed", row.parsed ? "true" : "false"}}}};
  }

  const ExportedModel& model_;
  std::string collection_, developer_, id_, timestamp_, evaluation_;
  Json results_ = Json::array();
  std::string samples_;
  int64_t lines_ = 0;
};

/// The run folder's name, which the collection bears: "data" is a word of the data store itself.
std::string collection_of(const RecordStore& store) {
  const std::string name = file_name(store.output().lexically_normal().filename().string());
  return name == "data" || name == "_" ? "tuneval-" + name : name;
}

}  // namespace

void write_every_eval_ever(const RecordStore& store, ExportFolder& folder) {
  const std::vector<CellRecord> records = store.read_all().records;
  const std::string collection = collection_of(store);
  for (const ExportedModel& model : exported_models(records)) {
    Log log(model, collection);
    for (const ExportedScore& scored : model.scores) {
      log.add(scored, exported_rows(store, *scored.record, model.stage));
    }
    log.write(folder);
  }
}

}  // namespace tuneval
