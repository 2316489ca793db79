#pragma once

#include "framework/report/task_predictions.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace tuneval {

/// JSON text of a block is about this long at most, so that a browser reads one in a few
/// milliseconds; a single row may be longer.
inline constexpr size_t kBlockBytes = 512 * 1024;

/// A task's predictions as the page holds them (docs/report.md, "Examples"): rows in columns, in
/// blocks of which each stands for itself, every text once a block.
struct PackedExamples {
  nlohmann::ordered_json head;      ///< what the blocks share, and their counts of rows
  std::vector<std::string> blocks;  ///< JSON texts
};

PackedExamples pack_examples(const TaskPredictions& predictions, size_t block_bytes = kBlockBytes);

}  // namespace tuneval
