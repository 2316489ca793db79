#pragma once

#include "framework/summary/summary.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// Adds "seeds", "noise", "bands", "band_ranking", "learning_curves", "costs" and
/// "recommendations" to a report, each where there is something of it (docs/records.md).
void add_variants_json(nlohmann::ordered_json& json, const Summary& summary);

}  // namespace tuneval
