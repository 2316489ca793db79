#pragma once

#include "framework/record/store.h"
#include "framework/summary/selection.h"
#include "framework/summary/summary.h"
#include "framework/summary/task_rows.h"

#include <string>
#include <vector>

namespace tuneval {

/// Adds to a task, whose models are summarised, what stands beside them: its baselines, and for
/// each model its seed-only score, how it compares with the teacher and what tuning changed.
/// `notes` are told of what could not be compared.
void add_comparison(TaskSummary& task, const Selection& selection, const SummaryOptions& options,
                    TaskRows& rows, std::vector<std::string>& notes);

/// By how much a student may lie behind the task's teacher: the options' margin, else the one in
/// the teacher's record; 0 without either.
double margin_on(const std::string& task, const Selection& selection,
                 const SummaryOptions& options);

/// The predictions of a run folder, for SummaryOptions.
PredictionSource predictions_in(const RecordStore& store);

}  // namespace tuneval
