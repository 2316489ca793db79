#pragma once

#include "framework/report/document.h"

#include <string>
#include <vector>

namespace tuneval {

/// Students against their teachers, a row a task and model; and what tuning changed, example by
/// example. Only those that have a row.
std::vector<Section> comparison_sections(const Summary& summary);

/// A baseline as tables call it: "teacher (gpt-oss-120b)", "majority", "tiny-qwen3 (seed_only)".
std::string title_of(const BaselineSummary& baseline);

}  // namespace tuneval
