#pragma once

#include "framework/data/finding.h"
#include "tuneval/task/example.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// A folder of data, as its pack.toml describes it; its rows are not read yet.
struct Pack {
  std::filesystem::path folder;
  std::string name;
  std::string task_type;
  std::string description;           ///< the job description
  std::string licence;               ///< empty when pack.toml names none
  std::string origin;                ///< empty when pack.toml names none
  std::vector<std::string> metrics;  ///< in place of the task type's own; empty: the task type's
  /// [metric_options.NAME] of the metrics that have one: a JSON object each, faults DataErrors.
  std::map<std::string, Config> metric_options;
  std::filesystem::path train, test;
  /// The rows that the training rows were made from, where `tuneval synth` made them.
  std::optional<std::filesystem::path> seed;
  TaskOptions options;  ///< [options]; its faults are DataErrors

  /// Path of the pack.toml.
  std::filesystem::path file() const { return folder / "pack.toml"; }
};

/// Reads `folder`/pack.toml. Keys are strict: an unknown one, a missing one, one of a wrong type
/// and a data file that is not there throw DataError with the place in the file.
Pack read_pack(const std::filesystem::path& folder);

/// The same, with every fault handed to `fault`. Nothing when pack.toml cannot be parsed or when
/// what is left is not enough to read the rows by.
std::optional<Pack> read_pack(const std::filesystem::path& folder, const FaultHandler& fault);

/// The pack's options overridden by a manifest's, key by key; a null takes the key away.
/// `overrides_json`: a JSON object, or nothing.
TaskOptions merge_options(const Pack& pack, std::string_view overrides_json);

}  // namespace tuneval
