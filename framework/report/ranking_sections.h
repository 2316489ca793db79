#pragma once

#include "framework/report/document.h"

#include <vector>

namespace tuneval {

/// A table for each ranking, with what its test rows and its ranks cannot tell apart, and one for
/// the shares of what there was to gain.
std::vector<Section> ranking_sections(const Summary& summary);

/// How scores, ranks, intervals and tests were made, with the choices of this report.
Section method_section(const Summary& summary);

}  // namespace tuneval
