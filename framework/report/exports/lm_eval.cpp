// The form is that of lm-evaluation-harness 0.4: what its EvaluationTracker writes.
#include "framework/record/json_object.h"
#include "framework/report/exports/exported_models.h"
#include "framework/report/exports/formats.h"
#include "framework/report/exports/uncertainty.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// What a request was sent with.
Json generation_arguments(const CellRecord& record) {
  Json arguments = {{"do_sample", false}};
  for (const char* key : {"temperature", "max_tokens"}) {
    const auto found = record.recipe.find(key);
    if (record.kind == CellKind::teacher && found != record.recipe.end()) arguments[key] = *found;
  }
  const auto temperature = arguments.find("temperature");
  if (temperature != arguments.end() && temperature->is_number()) {
    arguments["do_sample"] = temperature->get<double>() != 0.0;
  }
  return arguments;
}

/// A line of samples_….jsonl; adds the row's hashes to the task's.
Json sample_of(const CellRecord& record, const PredictionRow& row, std::string& hashes) {
  const Json doc = {{"index", row.index}, {"where", row.where}, {"references", row.references}};
  const std::string target = row.references.empty() ? "" : row.references.front();
  Json names = Json::array();
  for (const auto& [name, score] : row.scores) names.push_back(name);
  Json json = {{"doc_id", row.index},
               {"doc", doc},
               {"target", target},
               {"arguments",
                {{"gen_args_0", {{"arg_0", row.prompt}, {"arg_1", generation_arguments(record)}}}}},
               {"resps", Json::array({Json::array({row.completion})})},
               {"filtered_resps", Json::array({row.prediction})},
               {"filter", "none"},
               {"metrics", names},
               {"doc_hash", sha256_hex(json_text(doc, 2))},
               {"prompt_hash", sha256_hex(row.prompt)},
               {"target_hash", sha256_hex(target)}};
  for (const char* key : {"doc_hash", "prompt_hash", "target_hash"}) {
    hashes += json[key].get<std::string>();
  }
  if (!row.unanswered.empty()) json["unanswered"] = row.unanswered;
  for (const auto& [name, score] : row.scores) {
    // A metric may bear a name of the harness's own.
    const std::string key = json.contains(name) ? "metric_" + name : name;
    json[key] = score.scored ? json_number(score.value) : Json(nullptr);
  }
  return json;
}

Json config_of(const ExportedScore& scored) {
  const TaskFacts& task = scored.record->task;
  Json metrics = Json::array();
  for (const MetricValue& metric : scored.score->metrics) {
    metrics.push_back({{"metric", metric.name}, {"higher_is_better", metric.higher_is_better}});
  }
  return {{"task", task.name},
          {"dataset_path", task.pack},
          {"test_split", "test"},
          {"output_type", "generate_until"},
          {"num_fewshot", scored.score->shots},
          {"metric_list", metrics},
          {"metadata",
           {{"version", task.hash},
            {"task_type", task.task_type},
            {"licence", task.licence},
            {"constrained", scored.score->constrained},
            {"ranked", scored.score->ranked}}}};
}

/// results_<time>.json of a model, filled task by task.
class Results {
 public:
  explicit Results(const ExportedModel& model) : model_(model) {
    for (const char* key : {"results", "group_subtasks", "configs", "versions", "n-shot",
                            "higher_is_better", "n-samples"}) {
      json_[key] = Json::object();
    }
  }

  void add(const ExportedScore& scored, const std::optional<std::vector<PredictionRow>>& rows) {
    const std::string& task = scored.record->task.name;
    Json values = {{"alias", task}, {"sample_len", scored.score->examples}};
    json_["higher_is_better"][task] = Json::object();
    for (const MetricValue& metric : scored.score->metrics) {
      values[metric.name + ",none"] = json_number(metric.value);
      const auto sure = rows ? uncertainty_of(*rows, metric) : std::nullopt;
      values[metric.name + "_stderr,none"] = sure ? json_number(sure->standard_error) : Json("N/A");
      json_["higher_is_better"][task][metric.name] = metric.higher_is_better;
    }
    json_["results"][task] = values;
    json_["group_subtasks"][task] = Json::array();
    json_["configs"][task] = config_of(scored);
    json_["versions"][task] = scored.record->task.hash;
    json_["n-shot"][task] = scored.score->shots;
    json_["n-samples"][task] = {{"original", scored.score->examples},
                                {"effective", scored.score->examples}};
    seconds_ += scored.score->seconds;
  }

  Json finish(const Json& task_hashes) {
    const CellRecord& record = model_.first();
    json_["config"] = config();
    json_["git_hash"] = nullptr;
    json_["date"] = double(unix_time(record.started));
    json_["pretty_env_info"] =
        fmt::format("tuneval {}, LibTorch {}", record.versions.tuneval, record.versions.libtorch);
    json_["tuneval_version"] = record.versions.tuneval;
    json_["task_hashes"] = task_hashes;
    json_["model_source"] = "tuneval";
    json_["model_name"] = model_.name;
    json_["model_name_sanitized"] = file_name(model_.name);
    for (const char* key : {"system_instruction", "system_instruction_sha", "fewshot_as_multiturn",
                            "chat_template", "chat_template_sha"}) {
      json_[key] = nullptr;
    }
    json_["total_evaluation_time_seconds"] = fmt::format("{}", seconds_);
    return std::move(json_);
  }

 private:
  Json config() const {
    const CellRecord& record = model_.first();
    Json arguments = {{"pretrained", record.model.path}};
    if (model_.stage == Stage::tuned) {
      // Each task has an adapter of its own.
      for (const ExportedScore& scored : model_.scores) {
        const auto& tune = scored.record->tune;
        if (tune && !tune->adapter.empty()) {
          arguments["peft"][scored.record->task.name] = tune->adapter;
        }
      }
      arguments["recipe"] = record.recipe;
    }
    return {{"model", "tuneval"},
            {"model_args", arguments},
            {"model_num_parameters", record.model.parameters},
            {"model_dtype", record.dtype},
            {"model_revision", ""},
            {"model_sha", record.model.hash},
            {"batch_size", nullptr},
            {"batch_sizes", Json::array()},
            {"device", record.device},
            {"use_cache", nullptr},
            {"limit", nullptr},
            {"bootstrap_iters", 0},
            {"gen_kwargs", nullptr},
            {"random_seed", record.seed},
            {"numpy_seed", record.seed},
            {"torch_seed", record.seed},
            {"fewshot_seed", record.seed}};
  }

  const ExportedModel& model_;
  Json json_ = Json::object();
  double seconds_ = 0.0;
};

/// "2026-03-16T20-46-16", as the harness puts times into names.
std::string time_in_name(std::string utc) {
  if (utc.ends_with('Z')) utc.pop_back();
  std::ranges::replace(utc, ':', '-');
  return file_name(utc);
}

}  // namespace

void write_lm_eval(const RecordStore& store, ExportFolder& folder) {
  const std::vector<CellRecord> records = store.read_all().records;
  for (const ExportedModel& model : exported_models(records)) {
    const std::filesystem::path place = file_name(model.name);
    const std::string time = time_in_name(model.finished());
    Results results(model);
    Json task_hashes = Json::object();
    for (const ExportedScore& scored : model.scores) {
      const CellRecord& record = *scored.record;
      const auto rows = exported_rows(store, record, model.stage);
      results.add(scored, rows);
      if (!rows) continue;
      std::string hashes, text;
      for (const PredictionRow& row : *rows) {
        text += json_text(sample_of(record, row, hashes), -1) + "\n";
      }
      task_hashes[record.task.name] = sha256_hex(hashes);
      folder.write(place / fmt::format("samples_{}_{}.jsonl", file_name(record.task.name), time),
                   text);
    }
    folder.write(place / fmt::format("results_{}.json", time),
                 json_text(results.finish(task_hashes), 2) + "\n");
  }
}

}  // namespace tuneval
