#pragma once

#include "framework/summary/summary.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// The summary's "verdict" (docs/records.md): options, cells, tasks with their pairs, over_tasks
/// and tunability.
nlohmann::ordered_json verdict_json(const Summary& summary);

}  // namespace tuneval
