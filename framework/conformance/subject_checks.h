#pragma once

#include "framework/conformance/conformance.h"

#include <string>
#include <vector>

namespace tuneval {

/// The checks of one thing that a plugin registered; results are appended.
void check_family(const Registry& registry, const std::string& name, const CheckOptions& options,
                  std::vector<CheckResult>& results);
void check_task_type(const Registry& registry, const std::string& name, const CheckOptions& options,
                     std::vector<CheckResult>& results);
void check_metric(const Registry& registry, const std::string& name, const CheckOptions& options,
                  std::vector<CheckResult>& results);

}  // namespace tuneval
