#pragma once

#include "framework/status/run_status.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// As `tuneval status --json` prints it: docs/records.md names the keys.
nlohmann::ordered_json status_json(const RunStatus& status);

}  // namespace tuneval
