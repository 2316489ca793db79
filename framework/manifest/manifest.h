#pragma once

#include "framework/manifest/engine_options.h"
#include "framework/manifest/recipe.h"
#include "framework/manifest/report_options.h"
#include "framework/manifest/teacher_options.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// One [[models]] entry: a checkpoint's folder.
struct ModelEntry {
  std::string name;            ///< unique; the folder's name unless given
  std::filesystem::path path;  ///< absolute; not checked to exist
  /// "dtype" (text) and "chat" (variables of the chat template, by name); an object, maybe empty.
  nlohmann::ordered_json options = nlohmann::ordered_json::object();
  std::string where;  ///< "run.toml:7:1", for messages
};

/// One [[tasks]] entry: a pack's folder with its options.
struct TaskEntry {
  std::string name;                    ///< unique; the folder's name unless given
  std::filesystem::path pack;          ///< absolute; not checked to exist
  std::optional<int64_t> train_limit;  ///< only the first rows of train; at least 1
  std::optional<int64_t> test_limit;   ///< only the first rows of test; at least 1
  /// Overrides of the pack's own [options]; an object, maybe empty.
  nlohmann::ordered_json options = nlohmann::ordered_json::object();
  std::string where;
};

/// [scoring]
struct Scoring {
  int64_t token_budget = 8192;            ///< distinct prompt tokens computed at once
  int64_t batch_size = 64;                ///< rows decoding at once
  bool base = true;                       ///< whether the model is scored before tuning too
  std::optional<int64_t> max_new_tokens;  ///< in place of the task type's own limit
  /// Whether the rows held out are answered and scored at the end of each epoch.
  bool curve = false;
};

/// A run, as the runner wrote it. Nothing outside the file has been looked at.
struct Manifest {
  std::filesystem::path file;    ///< as it was given to read_manifest
  std::string name;              ///< the file's stem unless given
  std::filesystem::path output;  ///< absolute; "runs/<name>" beside the manifest unless given
  uint64_t seed = 123;           ///< also the recipe's, unless [tuning] has its own
  /// Those behind the first, `seed`: each model is tuned with each of them too.
  std::vector<uint64_t> more_seeds;
  std::string device = "cpu";      ///< "cpu", "cuda" or "cuda:1"
  std::string dtype = "auto";      ///< "auto", "float32", "bfloat16" or "float16"
  int64_t threads = 0;             ///< 0: as many as the machine has
  std::vector<ModelEntry> models;  ///< at least one
  std::vector<TaskEntry> tasks;    ///< at least one
  Recipe tuning;
  /// The band: learning rates that each model is tuned with too, with the first seed, beside the
  /// recipe's own. Each once, in ascending order.
  std::vector<double> learning_rates;
  Scoring scoring;
  ReportOptions report;
  /// What each task is scored with beside the models: "majority", "nearest" or "seed_only", each
  /// once at most.
  std::vector<std::string> baselines;
  EngineOptions engine;                   ///< [engine]
  std::optional<TeacherOptions> teacher;  ///< [teacher]
  std::optional<JudgeOptions> judge;      ///< [judge], else the teacher at temperature 0
};

/// Reads a manifest. Each of `overrides` is "section.key=value", applied after the file is read:
/// `tuning.epochs=1`, `run.name=trial`, `models.options.dtype="float32"`. The value is TOML; a bare
/// word counts as a string. `models.…` and `tasks.…` set the key in every entry.
///
/// Throws ManifestError for the first mistake, as `run.toml:12:3: message`, or `--set KEY=VALUE:
/// message` where an override is to blame.
Manifest read_manifest(const std::filesystem::path& file,
                       std::span<const std::string> overrides = {});

/// A recipe by itself: the benchmark's, changed by "key=value" settings of [tuning]. Throws
/// ManifestError.
Recipe read_recipe(std::span<const std::string> settings);

}  // namespace tuneval
