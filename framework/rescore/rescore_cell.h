#pragma once

#include "framework/data/task_data.h"
#include "framework/record/predictions.h"
#include "framework/rescore/rescore.h"

#include <map>
#include <string>
#include <vector>

namespace tuneval {

/// A cell's predictions, base before tuned.
using StageRows = std::map<Stage, std::vector<PredictionRow>>;

/// One stage of a cell, scored again.
struct StageScores {
  RescoredStage result;
  std::vector<PredictionRow> rows;  ///< as they are now
  std::vector<std::string> scored;  ///< metrics that were scored; others were kept
};

struct CellScores {
  std::vector<StageScores> stages;
  RescoreMark mark;  ///< adds to what earlier rescorings left
};

/// Reads a cell's completions again and scores them. `rows`: one list for each score that the
/// record has, its rows those of `task.test`. Throws RecordError where that cannot be done.
CellScores rescore_cell(const Registry& registry, const RescoreOptions& options,
                        const TaskData& task, const CellRecord& record, const StageRows& rows);

}  // namespace tuneval
