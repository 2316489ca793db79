#pragma once

#include "framework/plan/plan.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// A cell as a plan file has it.
struct PlanFileCell {
  std::string id;
  CellKind kind = CellKind::model;
  std::string model, task;  ///< names; without a model, what tables call the cell
  uint64_t seed = 0;
  std::optional<double> learning_rate = {};
  CellEstimate estimate = {};
  std::string title = {};  ///< as Cell::title
};

/// OUTPUT/plan.json: what a run was started with, and the cells that came of it. Who has it can
/// make the plan again (`tuneval cell`), or say what is left (`tuneval status`).
struct PlanFile {
  static constexpr int64_t kSchemaVersion = 1;

  std::filesystem::path manifest;    ///< absolute
  std::vector<std::string> set;      ///< overrides, as they were given
  std::filesystem::path output;      ///< absolute
  std::vector<std::string> plugins;  ///< further folders and files, absolute
  std::string tuneval;               ///< version
  std::vector<PlanFileCell> cells;

  /// Null where there is none of that id.
  const PlanFileCell* find(std::string_view id) const;
};

/// `set` and `plugins` as they were given on the command line.
PlanFile plan_file_of(const Plan& plan, std::vector<std::string> set,
                      const std::vector<std::string>& plugins);

std::filesystem::path plan_file_path(const std::filesystem::path& output);
/// Whole or not at all. Throws RecordError.
void write_plan_file(const std::filesystem::path& file, const PlanFile& plan);
/// Throws RecordError, as records do; keys of an estimate that are not known are passed over.
PlanFile read_plan_file(const std::filesystem::path& file);

/// The manifest that the file was made of, read again, with the overrides and the output it has.
/// Throws ManifestError.
Manifest manifest_of(const PlanFile& plan);

}  // namespace tuneval
