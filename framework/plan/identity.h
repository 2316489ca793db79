#pragma once

#include "framework/plan/plan.h"

#include <string>

namespace tuneval {

/// Variables of the chat template that the manifest sets for a model.
nlohmann::ordered_json chat_options(const ModelEntry& entry);

/// A model's cell, all but its id being there. Ids are names and a hash over all that decides the
/// result. That of a model's first cell on a task is the same whatever other seeds and learning
/// rates there are.
std::string model_cell_id(const Plan& plan, const Cell& cell, const Registry& registry);

/// A cell without a model of the manifest.
std::string baseline_cell_id(const Manifest& manifest, const std::string& name,
                             const PlannedTask& task, CellKind kind, const Registry& registry);

}  // namespace tuneval
