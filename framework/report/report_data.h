#pragma once

#include "framework/summary/summary.h"

#include <nlohmann/json.hpp>

#include <span>
#include <string>

namespace tuneval {

/// What the page knows besides the examples (docs/report.md, "Data"): the summary and, of the
/// records that it chose, all but the paths of this machine. "cells" and "examples" are left empty.
nlohmann::ordered_json report_data(const Summary& summary, std::span<const CellRecord> records);

/// JSON that may stand within <script>: nothing in it ends the element or begins a comment, and no
/// character in it is a line's end to JavaScript alone.
std::string json_for_html(const nlohmann::ordered_json& json);

}  // namespace tuneval
