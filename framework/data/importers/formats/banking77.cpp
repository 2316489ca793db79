#include "framework/data/importers/support.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <unordered_set>

namespace tuneval {

namespace {

std::vector<std::string> read_categories(const std::filesystem::path& file) {
  const auto json = nlohmann::json::parse(read_file(file), nullptr, false);
  const auto is_text = [](const nlohmann::json& one) { return one.is_string(); };
  if (!json.is_array() || json.empty() || !std::all_of(json.begin(), json.end(), is_text)) {
    throw DataError(fmt::format("{}: expected a JSON array of class names", file.string()));
  }
  return json.get<std::vector<std::string>>();
}

std::vector<ImportedRow> read_split(const std::filesystem::path& file,
                                    const std::unordered_set<std::string>& classes) {
  const std::vector<LabelledText> rows = read_labelled_csv(file, "text", "category");
  for (const LabelledText& row : rows) {
    if (classes.contains(row.label)) continue;
    throw DataError(fmt::format("{}: \"category\" is \"{}\": expected a name in categories.json",
                                row.where, row.label));
  }
  return labelled_rows(rows);
}

/// The intent data set of Casanueva et al. 2020 in its published form: a folder of train.csv,
/// test.csv (`text,category`) and categories.json.
ImportedPack read(const std::filesystem::path& source, const ImportOptions&) {
  ImportedPack pack;
  pack.name = "banking77";
  pack.task_type = "classification";
  pack.description = "Classify a bank customer's question by its intent.";
  pack.licence = "CC-BY-4.0";
  pack.origin = "BANKING77, Casanueva et al. 2020, github.com/PolyAI-LDN/task-specific-datasets";
  const std::vector<std::string> names = read_categories(source / "categories.json");
  pack.options["classes"] = class_options(names);
  const std::unordered_set<std::string> classes(names.begin(), names.end());
  pack.train = read_split(source / "train.csv", classes);
  pack.test = read_split(source / "test.csv", classes);
  return pack;
}

}  // namespace

Importer banking77_format() { return {.name = "banking77", .read = read, .options = ""}; }

}  // namespace tuneval
