#pragma once

#include "framework/record/predictions.h"
#include "tuneval/model/chat.h"
#include "tuneval/task/task_type.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tuneval {

/// Completion → Prediction, as metrics see it: calls, written in a model's `wire_form`, are made
/// canonical, the task type parses, and the prediction is given what it was parsed from.
Prediction read_answer(const TaskType& type, WireForm wire_form, const Example& example,
                       std::string_view completion);

/// What the example shares with others that are right and wrong together with it: its conversation
/// or document by name, else its passage by the beginning of its SHA-256; empty for neither.
std::string group_of(const Example& example);

/// The row of the test example at `index`, without scores.
PredictionRow prediction_row(size_t index, const Example& example, std::string prompt,
                             std::string completion, std::string stop,
                             const Prediction& prediction);

}  // namespace tuneval
