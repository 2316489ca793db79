#include "framework/data/import.h"

#include "framework/data/fold.h"
#include "framework/data/importers/importer.h"
#include "framework/data/importers/write_pack.h"
#include "framework/data/new_folder.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <unordered_map>

namespace tuneval {

namespace {

const Importer& importer_of(std::string_view format) {
  for (const Importer& importer : all_importers()) {
    if (importer.name == format) return importer;
  }
  throw ManifestError(fmt::format("import format \"{}\" is not known: {}", format,
                                  suggestion(format, import_formats())));
}

/// The options that were given, as the command line writes them.
std::vector<std::string> given_options(const ImportOptions& options) {
  const std::array<std::pair<const char*, bool>, 12> all = {{
      {"--input-column", !options.input_column.empty()},
      {"--label-column", !options.label_column.empty()},
      {"--question-column", !options.question_column.empty()},
      {"--answer-column", !options.answer_column.empty()},
      {"--context-column", !options.context_column.empty()},
      {"--description", !options.description.empty()},
      {"--licence", !options.licence.empty()},
      {"--task-type", !options.task_type.empty()},
      {"--labels", !options.labels.empty()},
      {"--underscore-names", options.underscore_names},
      {"--seed", options.seed.has_value()},
      {"--test-share", options.test_share.has_value()},
  }};
  std::vector<std::string> given;
  for (const auto& [name, is_given] : all) {
    if (is_given) given.emplace_back(name);
  }
  return given;
}

void check_options(const Importer& importer, const ImportOptions& options) {
  std::vector<std::string> known;
  std::istringstream names{std::string(importer.options)};
  for (std::string name; names >> name;) known.push_back(name);
  for (const std::string& name : given_options(options)) {
    if (known.empty()) {
      throw ManifestError(fmt::format(
          "import format \"{}\" takes no options: its files have one form", importer.name));
    }
    if (std::ranges::find(known, name) != known.end()) continue;
    throw ManifestError(fmt::format("import format \"{}\" has no option {}: it takes {}",
                                    importer.name, name, importer.options));
  }
  const double share = options.test_share.value_or(0.2);
  if (share > 0 && share < 1) return;
  throw ManifestError(fmt::format("--test-share is {}: expected a number between 0 and 1", share));
}

/// Leaves each prompt once in train, and none that is in test too.
void drop_known(ImportedPack& pack) {
  std::unordered_map<std::string, std::string> seen;  // folded prompt → where
  for (const ImportedRow& row : pack.test) seen.try_emplace(fold_space(row.prompt), row.where);
  std::vector<ImportedRow> kept;
  for (ImportedRow& row : pack.train) {
    const auto [entry, fresh] = seen.try_emplace(fold_space(row.prompt), row.where);
    if (fresh) {
      kept.push_back(std::move(row));
    } else {
      pack.skipped.push_back({Severity::warning, row.where,
                              fmt::format("left out: the same input as {}", entry->second)});
    }
  }
  pack.train = std::move(kept);
}

}  // namespace

std::vector<std::string> import_formats() {
  std::vector<std::string> names;
  for (const Importer& importer : all_importers()) names.emplace_back(importer.name);
  return names;
}

ImportReport import_pack(std::string_view format, const std::filesystem::path& source,
                         const std::filesystem::path& destination, const ImportOptions& options) {
  const Importer& importer = importer_of(format);
  check_options(importer, options);
  const std::filesystem::path folder = free_place(destination);
  ImportedPack pack = importer.read(source, options);
  if (pack.name.empty()) pack.name = folder.filename().string();
  if (!options.description.empty()) pack.description = options.description;
  if (!options.licence.empty()) pack.licence = options.licence;
  drop_known(pack);
  if (pack.train.empty() || pack.test.empty()) {
    throw DataError(fmt::format("{}: no rows are left for the {} split", source.string(),
                                pack.train.empty() ? "train" : "test"));
  }
  write_pack(pack, folder);
  return {static_cast<int64_t>(pack.train.size()), static_cast<int64_t>(pack.test.size()),
          static_cast<int64_t>(pack.unstructured.size()), std::move(pack.skipped),
          std::move(pack.notes)};
}

}  // namespace tuneval
