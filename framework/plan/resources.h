#pragma once

#include "framework/plan/plan.h"

#include <cstdint>

namespace tuneval {

/// The sizes of a cell's rows that decide what it holds and writes.
struct RowSizes {
  int64_t tune_batch = 0;    ///< most distinct tokens in one batch of tuning
  int64_t prompt = 0;        ///< tokens of the longest prompt
  int64_t prompts = 0;       ///< different ones
  int64_t distinct = 0;      ///< tokens of all of them
  int64_t answer = 0;        ///< most tokens that an answer may have; 0 where answers are ranked
  int64_t stages = 1;        ///< that are scored
  int64_t test_rows = 0;     ///< lines of a stage's predictions
  int64_t prompt_bytes = 0;  ///< text of all prompts of the test split
  int64_t answer_bytes = 0;  ///< text of all their answers
};

/// The most that a cell holds, from how loading, scoring, tuning and the certificate allocate: on a
/// CPU of the process, on a GPU of tensors alone.
int64_t peak_memory(const ModelCosts& model, const Manifest& manifest, const RowSizes& rows);

/// The most that a cell has on the disk: predictions, adapter, and two checkpoints, as a new one is
/// written before the old one goes.
int64_t disk_use(const ModelCosts& model, const Recipe& recipe, const RowSizes& rows);

}  // namespace tuneval
