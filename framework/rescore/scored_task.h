#pragma once

#include "framework/data/task_data.h"
#include "framework/record/predictions.h"
#include "framework/record/record.h"

#include <filesystem>
#include <span>

namespace tuneval {

/// The task that a cell was scored on, read from its pack again: type, options and the test
/// examples of then; training examples, shots and metrics are left out. `folder`: the pack, where
/// it is now. `rows`: the cell's predictions, for what to say of a change. `kind`: of a seed-only
/// cell the seed rows were the training rows.
///
/// Throws RecordError where the pack is not as it was then, saying what a look at it shows, and
/// DataError or PluginError where it cannot be read at all.
TaskData read_scored_task(const Registry& registry, const TaskFacts& facts,
                          const std::filesystem::path& folder, std::span<const PredictionRow> rows,
                          CellKind kind = CellKind::model);

/// Throws RecordError, beginning with `file`, where the predictions are not those of the examples.
void check_rows(std::span<const PredictionRow> rows, std::span<const Example> examples,
                const std::filesystem::path& file);

}  // namespace tuneval
