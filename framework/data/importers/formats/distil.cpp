#include "framework/data/importers/distil_rows.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// What an import needs of config.yaml.
struct JobConfig {
  std::string task;
  bool output_is_json = false;
};

std::string place_of(const std::filesystem::path& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file.string();
  return fmt::format("{}:{}:{}", file.string(), mark.line + 1, mark.column + 1);
}

/// `section.key` of a document; undefined where one of the two is not there.
YAML::Node value_in(const YAML::Node& document, const char* section, const char* key) {
  if (!document.IsMap() || !document[section] || !document[section].IsMap()) {
    return YAML::Node(YAML::NodeType::Undefined);
  }
  return document[section][key];
}

JobConfig read_config(const std::filesystem::path& file) {
  const std::string text = read_text(file);
  try {
    const YAML::Node document = YAML::Load(text);
    const YAML::Node task = value_in(document, "base", "task");
    if (!task || !task.IsScalar() || task.Scalar().empty()) {
      throw DataError(fmt::format("{}: \"base.task\" is missing: expected one of {}", file.string(),
                                  distil_tasks()));
    }
    JobConfig config{task.Scalar()};
    if (const YAML::Node flag = value_in(document, "synthgen", "output_is_json"); flag) {
      if (!YAML::convert<bool>::decode(flag, config.output_is_json)) {
        throw DataError(fmt::format("{}: \"synthgen.output_is_json\" is not true or false",
                                    place_of(file, flag.Mark())));
      }
    }
    return config;
  } catch (const YAML::Exception& error) {
    throw DataError(fmt::format("{}: not valid YAML: {}", place_of(file, error.mark), error.msg));
  }
}

/// The classes of the job description, with what it says of them.
Json read_classes(const Row& job) {
  if (!job.has("classes_description")) {
    job.fail("classes_description", "is missing: expected an object of classes");
  }
  const Row described = job.object("classes_description");
  Json classes = Json::array();
  for (const std::string& name : described.keys()) {
    Json one = {{"name", std::string(trim(name))}};
    const std::string text = described.text_or(name, "");
    if (!trim(text).empty()) one["description"] = trim(text);
    classes.push_back(std::move(one));
  }
  if (classes.empty()) job.fail("classes_description", "is empty");
  return classes;
}

/// Passages for training without questions of their own; a folder may have none.
std::vector<std::string> read_unstructured(const std::filesystem::path& folder) {
  const std::vector<std::string> names = {"unstructured.jsonl", "unstructured.csv"};
  std::error_code error;
  if (std::ranges::none_of(names, [&](const std::string& name) {
        return std::filesystem::exists(folder / name, error);
      })) {
    return {};
  }
  std::vector<std::string> passages;
  for (const Row& row : read_records(one_of(folder, names))) {
    require_column(row, "context", "the passage");
    passages.push_back(as_text(row, "context"));
  }
  return passages;
}

void note_unread(const Row& job, ImportedPack& pack) {
  static const std::vector<std::string> kRead = {"task_description", "classes_description",
                                                 "tools"};
  for (const std::string& key : job.keys()) {
    if (std::ranges::find(kRead, key) != kRead.end()) continue;
    pack.notes.push_back(fmt::format("{}: \"{}\" is not taken over", job.where(), key));
  }
}

/// A distil labs folder: job_description.json, config.yaml, train, test and perhaps unstructured.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  const JobConfig config = read_config(source / "config.yaml");
  const Row job = read_object(source / "job_description.json");
  ImportedPack pack;
  pack.task_type = distil_task_type(config.task, options.task_type, source / "config.yaml");
  pack.description = trim(job.text("task_description"));
  if (pack.description.empty()) job.fail("task_description", "is empty");
  pack.origin = source_name(source);
  const std::vector<Row> train = read_records(one_of(source, {"train.jsonl", "train.csv"}));
  const std::vector<Row> test = read_records(one_of(source, {"test.jsonl", "test.csv"}));
  if (pack.task_type == "classification") {
    pack.options["classes"] = read_classes(job);
    take_labels(train, test, pack);
  } else if (pack.task_type == "tool_calling" || pack.task_type == "chat") {
    const Json tools =
        job.has("tools") ? normal_tools(Json::parse(job.json("tools")), job.where()) : Json();
    if (pack.task_type == "tool_calling" && tools.is_null() && !train.front().has("messages")) {
      job.fail("tools", "is missing: expected an array of function schemas");
    }
    take_conversations(train, test, tools, config.task.starts_with("multi-turn"), pack);
  } else {
    take_answers(train, test, config.output_is_json, pack);
  }
  pack.unstructured = read_unstructured(source);
  note_unread(job, pack);
  return pack;
}

}  // namespace

Importer distil_format() {
  return {.name = "distil", .read = read, .options = "--task-type --licence"};
}

}  // namespace tuneval
