#pragma once

#include "framework/report/task_predictions.h"
#include "framework/summary/summary.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// A cell's figures that need its single predictions, for the page: by stage the interval of its
/// headline score and, of a closed set of answers, its confusion matrix (docs/report.md, "Cells").
/// Empty where the run folder has no predictions of it.
nlohmann::ordered_json cell_statistics(const CellRecord& record,
                                       const TaskPredictions& predictions);

}  // namespace tuneval
