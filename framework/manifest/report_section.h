#pragma once

#include "framework/manifest/report_options.h"
#include "framework/manifest/toml_table.h"

#include <string>
#include <vector>

namespace tuneval {

/// The keys of [report].
const std::vector<std::string>& report_keys();

/// Reads [report], but for max_parameters. Throws ManifestError.
void read_report_options(const TomlTable& report, ReportOptions& options);

}  // namespace tuneval
