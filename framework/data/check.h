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
  int64_t train_examples = 0;  ///< a conversation is a row, each of its answers an example
  int64_t test_examples = 0;

  int64_t errors() const;
  int64_t warnings() const;
};

/// Reads a pack as a run would and goes on after a fault, so that all faults come in one report.
///
/// Errors: what read_pack, read_rows, the task type, the metrics and the shots refuse, an empty
/// split, a row that is in both splits, a conversation or document that is, an answer of the task's
/// closed set without an example. Warnings: no licence, options of a metric that is not used, fewer
/// than 20 rows in a split, a prompt that occurs twice, a test prompt nearly the same as a training
/// one, a very long prompt, an answer that is not in its passage, one answer more than ten times as
/// frequent as another, and what the task type's own review finds. check_rules.h and check_leaks.h
/// say more of each.
PackReport check_pack(const std::filesystem::path& folder, const Registry& registry);

}  // namespace tuneval
