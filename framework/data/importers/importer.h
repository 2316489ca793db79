#pragma once

#include "framework/data/import.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// A line of a pack's data file, before it is written.
struct ImportedRow {
  nlohmann::ordered_json row;
  std::string prompt;   ///< what must not stand in both splits, see joined()
  std::string where;    ///< "file:line" it came from, or the nearest to it
  std::string group;    ///< rows of one group stay in one split; empty: a group by itself
  std::string stratum;  ///< a split that is made takes its share of each
};

/// What an importer makes of its source, before anything is written.
struct ImportedPack {
  std::string name;  ///< empty: the destination's
  std::string task_type;
  std::string description;
  std::string licence;  ///< empty: not known
  std::string origin;
  std::vector<std::string> metrics;  ///< empty: the task type's own
  nlohmann::ordered_json options = nlohmann::ordered_json::object();
  nlohmann::ordered_json metric_options = nlohmann::ordered_json::object();  ///< by metric
  std::vector<ImportedRow> train, test;
  std::vector<std::string> unstructured;  ///< passages without questions, for unstructured.jsonl
  std::vector<Finding> skipped;
  std::vector<std::string> notes;
};

/// A format that can be imported.
///
/// Each is a file of its own, formats/NAME.cpp, which defines `Importer NAME_format()` in this
/// namespace; the list of them is made when the build is configured (cmake/ImportFormats.cmake).
struct Importer {
  std::string_view name;
  ImportedPack (*read)(const std::filesystem::path& source, const ImportOptions& options);
  /// The options that it takes, as the command line writes them, between spaces.
  std::string_view options;
};

/// Every format there is, sorted by name.
const std::vector<Importer>& all_importers();

}  // namespace tuneval
