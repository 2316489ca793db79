#pragma once

#include "framework/report/document.h"

#include <string>
#include <vector>

namespace tuneval {

/// A table for each ranking, with what its test rows and its ranks cannot tell apart, and one for
/// the shares of what there was to gain.
std::vector<Section> ranking_sections(const Summary& summary);

/// What the ranks of the tasks show, in a few sentences: Friedman's test, Nemenyi's critical
/// difference, what Wilcoxon–Holm's test can show.
std::string ranks_sentence(const OverTasks& over);

/// How scores, ranks, intervals and tests were made, with the choices of this report.
Section method_section(const Summary& summary);

}  // namespace tuneval
