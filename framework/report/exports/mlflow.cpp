// The form is that of MLflow's file store: plain files that its FileStore reads and imports.
#include "framework/record/json_object.h"
#include "framework/report/exports/exported_models.h"
#include "framework/report/exports/formats.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

/// MLflow's keys are letters, digits, "_", "-", ".", " ", ":" and "/", which makes folders.
std::string key_of(std::string_view name) {
  std::string key;
  for (const char c : name) {
    const bool fits = std::isalnum(static_cast<unsigned char>(c)) ||
                      std::string_view("_-. :").find(c) != std::string_view::npos;
    key += fits ? c : '_';
  }
  return key.empty() || key == "." || key == ".." ? "_" : key;
}

/// Milliseconds since 1970.
int64_t milliseconds(const std::string& utc) { return 1000 * unix_time(utc); }

/// One run: what MLflow keeps of it, by file.
class Run {
 public:
  Run(const CellRecord& record, std::string experiment, fs::path folder)
      : record_(record),
        experiment_(std::move(experiment)),
        id_(sha256_hex(record.id).substr(0, 32)),
        folder_(std::move(folder) / id_) {}

  void write(ExportFolder& folder) {
    add_scores();
    add_tuning();
    add_params();
    add_tags();
    // MLflow takes a folder for a run's only where it has one of artifacts.
    files_["artifacts/record.json"] = json_text(to_json(record_), 2) + "\n";
    folder.write(folder_ / "meta.yaml", meta());
    for (const auto& [file, text] : files_) folder.write(folder_ / file, text);
  }

 private:
  void metric(const std::string& key, double value, const std::string& when, int64_t step = 0) {
    files_["metrics/" + key] += fmt::format("{} {} {}\n", milliseconds(when), value, step);
  }
  void param(const std::string& key, const std::string& value) {
    constexpr size_t kLongest = 6000;  // MLflow's own bound
    files_["params/" + key_of(key)] = value.substr(0, kLongest);
  }
  void tag(const std::string& key, const std::string& value) {
    files_["tags/" + key_of(key)] = value;
  }

  void add_scores() {
    for (const Stage stage : {Stage::base, Stage::tuned}) {
      const auto& score = stage == Stage::base ? record_.base : record_.tuned;
      if (!score) continue;
      for (const MetricValue& one : score->metrics) {
        if (one.scored == 0) continue;
        metric(fmt::format("{}/{}", to_string(stage), key_of(one.name)), one.value,
               record_.finished);
      }
    }
    if (record_.base && record_.tuned) {
      const MetricValue& base = record_.base->metrics.front();
      const MetricValue& tuned = record_.tuned->metrics.front();
      if (base.name == tuned.name && base.scored > 0 && tuned.scored > 0) {
        metric("delta/" + key_of(base.name), tuned.value - base.value, record_.finished);
      }
    }
    metric("seconds", record_.seconds, record_.finished);
    metric("peak_memory_bytes", double(record_.peak_memory_bytes), record_.finished);
  }

  void add_tuning() {
    if (!record_.tune) return;
    // A record knows no step's own time.
    for (const TuneStep& step : record_.tune->curve) {
      metric("loss", step.loss, record_.started, step.step);
      metric("learning_rate", step.learning_rate, record_.started, step.step);
      metric("grad_norm", step.grad_norm, record_.started, step.step);
    }
    for (const TuneEpoch& epoch : record_.tune->learning_curve) {
      metric("epoch_loss", epoch.loss, record_.started, epoch.epoch);
      if (epoch.validation_loss) {
        metric("validation_loss", *epoch.validation_loss, record_.started, epoch.epoch);
      }
      if (epoch.score) metric("validation_score", *epoch.score, record_.started, epoch.epoch);
    }
  }

  void add_params() {
    param("model", record_.model.name);
    param("task", record_.task.name);
    param("kind", std::string(to_string(record_.kind)));
    param("seed", fmt::format("{}", record_.seed));
    param("device", record_.device);
    param("dtype", record_.dtype);
    for (const auto& item : record_.recipe.items()) {
      const auto& value = item.value();
      param("recipe." + item.key(),
            value.is_string() ? value.get<std::string>() : json_text(value, -1));
    }
  }

  void add_tags() {
    tag("mlflow.runName", name());
    tag("mlflow.user", "tuneval");
    tag("tuneval.id", record_.id);
    tag("tuneval.version", record_.versions.tuneval);
    tag("tuneval.libtorch", record_.versions.libtorch);
    tag("tuneval.model_hash", record_.model.hash);
    tag("tuneval.task_hash", record_.task.hash);
    tag("tuneval.task_type", record_.task.task_type);
    if (record_.error) {
      tag("tuneval.error", fmt::format("{}: {}", record_.error->kind, record_.error->message));
    }
  }

  std::string name() const {
    const Stage stage = record_.tuned ? Stage::tuned : Stage::base;
    return fmt::format("{} on {}", exported_name(record_, stage, true), record_.task.name);
  }

  std::string meta() const {
    constexpr int kFinished = 3, kFailed = 4;  // RunStatus
    constexpr int kLocal = 4;                  // SourceType
    YAML::Emitter yaml;
    yaml << YAML::BeginMap;
    const auto text = [&](const char* key, const std::string& value) {
      yaml << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
    };
    const auto number = [&](const char* key, int64_t value) {
      yaml << YAML::Key << key << YAML::Value << value;
    };
    text("artifact_uri", "./artifacts");
    number("end_time", milliseconds(record_.finished));
    text("entry_point_name", "");
    text("experiment_id", experiment_);
    text("lifecycle_stage", "active");
    text("run_id", id_);
    text("run_name", name());
    text("run_uuid", id_);
    text("source_name", "");
    number("source_type", kLocal);
    text("source_version", "");
    number("start_time", milliseconds(record_.started));
    number("status", record_.done() ? kFinished : kFailed);
    yaml << YAML::Key << "tags" << YAML::Value << YAML::BeginSeq << YAML::EndSeq;
    text("user_id", "tuneval");
    yaml << YAML::EndMap;
    return std::string(yaml.c_str()) + "\n";
  }

  const CellRecord& record_;
  std::string experiment_, id_;
  fs::path folder_;
  std::map<std::string, std::string> files_;
};

std::string experiment_meta(const std::string& id, const std::string& name, int64_t created) {
  YAML::Emitter yaml;
  yaml << YAML::BeginMap;
  const auto text = [&](const char* key, const std::string& value) {
    yaml << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  };
  text("artifact_location", "./artifacts");
  yaml << YAML::Key << "creation_time" << YAML::Value << created;
  text("experiment_id", id);
  yaml << YAML::Key << "last_update_time" << YAML::Value << created;
  text("lifecycle_stage", "active");
  text("name", name);
  yaml << YAML::EndMap;
  return std::string(yaml.c_str()) + "\n";
}

}  // namespace

void write_mlflow(const RecordStore& store, ExportFolder& folder) {
  const std::vector<CellRecord> records = store.read_all().records;
  const std::string name = store.output().lexically_normal().filename().string();
  // MLflow's own are random numbers of up to 18 digits; this one is of the name.
  const std::string experiment =
      fmt::format("{}", std::stoull(sha256_hex(name).substr(0, 14), nullptr, 16));
  const fs::path place = fs::path("mlruns") / experiment;
  int64_t created = 0;
  for (const CellRecord* record : counted_records(records)) {
    created = std::max(created, milliseconds(record->finished));
    Run(*record, experiment, place).write(folder);
  }
  folder.write(place / "meta.yaml", experiment_meta(experiment, name, created));
}

}  // namespace tuneval
