#pragma once

#include "framework/data/finding.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace tuneval {

/// What `check_pack` found, in the order of pack.toml, the training rows, the test rows.
struct PackReport {
  std::vector<Finding> findings;
  int64_t train_rows = 0;  ///< rows that became examples
  int64_t test_rows = 0;

  int64_t errors() const;
  int64_t warnings() const;
};

/// Reads a pack as a run would and goes on after a fault, so that all faults come in one report.
///
/// Errors: what read_pack, read_rows and the task type refuse, an empty split, a row that is in
/// both splits, an answer of the task's closed set without an example. Warnings: no licence, fewer
/// than 20 rows in a split, a prompt that occurs twice, one answer more than ten times as frequent
/// as another, and what the task type's own review finds. Prompts are compared with their
/// whitespace folded.
PackReport check_pack(const std::filesystem::path& folder, const Registry& registry);

}  // namespace tuneval
