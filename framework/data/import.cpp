#include "framework/data/import.h"

#include "framework/data/fold.h"
#include "framework/data/importers/importer.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <unordered_map>

namespace tuneval {

namespace {

constexpr std::array kImporters = {
    Importer{"banking77", read_banking77},
    Importer{"csv", read_csv_tables},
};

const Importer& importer_of(std::string_view format) {
  for (const Importer& importer : kImporters) {
    if (importer.name == format) return importer;
  }
  throw ManifestError(fmt::format("import format \"{}\" is not known: {}", format,
                                  suggestion(format, import_formats())));
}

/// Leaves each input once in train, and none that is in test too.
std::vector<LabelledText> without_repeats(const ImportedPack& pack, ImportReport& report) {
  std::unordered_map<std::string, std::string> seen;  // folded input → where
  for (const LabelledText& row : pack.test) seen.try_emplace(fold_space(row.input), row.where);
  std::vector<LabelledText> kept;
  for (const LabelledText& row : pack.train) {
    const auto [entry, fresh] = seen.try_emplace(fold_space(row.input), row.where);
    if (fresh) {
      kept.push_back(row);
    } else {
      report.skipped.push_back({Severity::warning, row.where,
                                fmt::format("left out: the same input as {}", entry->second)});
    }
  }
  return kept;
}

/// A TOML basic string. JSON's escapes are a subset of TOML's, which alone asks for one of DEL.
std::string quoted(const std::string& text) {
  std::string quoted;
  for (const char c : nlohmann::json(text).dump()) {
    if (c == '\x7f') {
      quoted += "\\u007f";
    } else {
      quoted += c;
    }
  }
  return quoted;
}

std::string pack_toml(const ImportedPack& pack) {
  std::string text = fmt::format("name = {}\ntask_type = \"classification\"\ndescription = {}\n",
                                 quoted(pack.name), quoted(pack.description));
  if (!pack.licence.empty()) text += fmt::format("licence = {}\n", quoted(pack.licence));
  text += fmt::format("origin = {}\n\n[files]\ntrain = \"train.jsonl\"\ntest = \"test.jsonl\"\n\n",
                      quoted(pack.origin));
  text += "[options]\nclasses = [\n";
  for (const std::string& name : pack.classes) {
    text += fmt::format("  {{name = {}}},\n", quoted(name));
  }
  return text + "]\n";
}

std::string json_lines(const std::vector<LabelledText>& rows) {
  std::string text;
  for (const LabelledText& row : rows) {
    text += nlohmann::ordered_json{{"input", row.input}, {"label", row.label}}.dump() + '\n';
  }
  return text;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw DataError(fmt::format("{}: cannot be written", file.string()));
}

void check_destination(const std::filesystem::path& destination) {
  std::error_code error;
  const auto status = std::filesystem::status(destination, error);
  if (!std::filesystem::exists(status)) return;
  if (std::filesystem::is_directory(status) && std::filesystem::is_empty(destination, error))
    return;
  throw DataError(fmt::format("{}: is there already: expected no such path, or an empty folder",
                              destination.string()));
}

/// Writes the pack beside its place and moves it there as a whole.
void write_pack(const ImportedPack& pack, const std::vector<LabelledText>& train,
                const std::filesystem::path& destination) {
  std::filesystem::path part = destination;
  part += ".part";
  try {
    std::filesystem::remove_all(part);
    std::filesystem::create_directories(part);
    write_file(part / "pack.toml", pack_toml(pack));
    write_file(part / "train.jsonl", json_lines(train));
    write_file(part / "test.jsonl", json_lines(pack.test));
    std::filesystem::rename(part, destination);
  } catch (const std::filesystem::filesystem_error& error) {
    throw DataError(
        fmt::format("{}: cannot be written: {}", destination.string(), error.code().message()));
  }
}

}  // namespace

std::vector<std::string> import_formats() {
  std::vector<std::string> names;
  for (const Importer& importer : kImporters) names.emplace_back(importer.name);
  return names;
}

ImportReport import_pack(std::string_view format, const std::filesystem::path& source,
                         const std::filesystem::path& destination, const ImportOptions& options) {
  const Importer& importer = importer_of(format);
  const std::filesystem::path place = std::filesystem::absolute(destination).lexically_normal();
  // "packs/x/" names the folder x; as a path its last part is empty.
  const std::filesystem::path folder = place.has_filename() ? place : place.parent_path();
  check_destination(folder);
  ImportedPack pack = importer.read(source, options);
  if (pack.name.empty()) pack.name = folder.filename().string();
  ImportReport report;
  const std::vector<LabelledText> train = without_repeats(pack, report);
  if (train.empty() || pack.test.empty()) {
    throw DataError(fmt::format("{}: no rows are left for the {} split", source.string(),
                                train.empty() ? "train" : "test"));
  }
  write_pack(pack, train, folder);
  report.train_rows = static_cast<int64_t>(train.size());
  report.test_rows = static_cast<int64_t>(pack.test.size());
  return report;
}

}  // namespace tuneval
