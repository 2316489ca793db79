#pragma once

#include "framework/summary/summary.h"

#include <string>
#include <vector>

namespace tuneval {

/// Sentences on the models that lack a score on a task that others have, and on what the rule for
/// such tasks makes of it; of a summary whose rankings are done.
std::vector<std::string> missing_tasks(const Summary& summary);

}  // namespace tuneval
