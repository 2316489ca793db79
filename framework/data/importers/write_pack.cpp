#include "framework/data/importers/write_pack.h"

#include "framework/data/new_folder.h"
#include "framework/data/toml_text.h"

#include <fmt/format.h>

#include <utility>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

std::string json_lines(const std::vector<ImportedRow>& rows) {
  std::string text;
  for (const ImportedRow& row : rows) text += row.row.dump() + '\n';
  return text;
}

std::string passage_lines(const std::vector<std::string>& passages) {
  std::string text;
  for (const std::string& passage : passages) text += Json{{"context", passage}}.dump() + '\n';
  return text;
}

}  // namespace

std::string pack_toml(const ImportedPack& pack, const nlohmann::ordered_json& files) {
  std::string text = toml_line("name", pack.name) + toml_line("task_type", pack.task_type) +
                     toml_line("description", pack.description);
  if (!pack.licence.empty()) text += toml_line("licence", pack.licence);
  text += toml_line("origin", pack.origin);
  if (!pack.metrics.empty()) text += toml_line("metrics", pack.metrics);
  text += '\n' + toml_table("files", files);
  if (!pack.options.empty()) text += '\n' + toml_table("options", pack.options);
  for (const auto& [metric, options] : pack.metric_options.items()) {
    text += '\n' + toml_table("metric_options." + toml_key(metric), options);
  }
  return text;
}

void write_pack(const ImportedPack& pack, const std::filesystem::path& folder) {
  NewFolder made(folder);
  made.write("pack.toml", pack_toml(pack, {{"train", "train.jsonl"}, {"test", "test.jsonl"}}));
  made.write("train.jsonl", json_lines(pack.train));
  made.write("test.jsonl", json_lines(pack.test));
  if (!pack.unstructured.empty()) {
    made.write("unstructured.jsonl", passage_lines(pack.unstructured));
  }
  made.finish();
}

}  // namespace tuneval
