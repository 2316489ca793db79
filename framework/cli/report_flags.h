#pragma once

#include "framework/manifest/report_options.h"
#include "framework/summary/summary.h"

#include <CLI/CLI.hpp>

namespace tuneval::cli {

/// The flags that [report] has keys for, but for the formats; `options` outlives the parser.
void add_report_flags(CLI::App& command, ReportOptions& options);

/// What a summary is to be like. Throws ManifestError for a name that is none.
SummaryOptions summary_options(const ReportOptions& options);

}  // namespace tuneval::cli
