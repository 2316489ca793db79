#pragma once

#include "framework/plan/plan.h"

#include <string>

namespace tuneval {

/// Variables of the chat template that the manifest sets for a model.
nlohmann::ordered_json chat_options(const ModelEntry& entry);

/// A model's cell on the data of a task: the task's own, or with the seed rows to train on. Ids are
/// names and a hash over all that decides the result.
std::string model_cell_id(const Manifest& manifest, const PlannedModel& model,
                          const PlannedTask& task, const TaskData& data, CellKind kind,
                          const Registry& registry);

/// A cell without a model of the manifest.
std::string baseline_cell_id(const Manifest& manifest, const std::string& name,
                             const PlannedTask& task, CellKind kind, const Registry& registry);

}  // namespace tuneval
