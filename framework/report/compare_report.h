#pragma once

#include "framework/compare/compare.h"
#include "framework/report/document.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// What changed, each cell's difference and what it is worth, ranks, and what fails; for
/// terminal_text and markdown_text.
Document compare_document(const RunComparison& comparison);

/// The same, unrounded (docs/compare.md).
nlohmann::ordered_json compare_json(const RunComparison& comparison);

}  // namespace tuneval
