#pragma once

#include "framework/manifest/report_options.h"
#include "framework/summary/summary.h"

#include <CLI/CLI.hpp>

namespace tuneval::cli {

/// The flags that [report] has keys for, but for the formats; `options` outlives the parser.
void add_report_flags(CLI::App& command, ReportOptions& options);

/// Takes from the run's own [report] what the command line does not say, sizes to recommend below
/// included; not the formats.
void fill_unset(const CLI::App& command, ReportOptions& options, const ReportOptions& run);

/// What a summary is to be like. Throws ManifestError for a name that is none.
SummaryOptions summary_options(const ReportOptions& options);

}  // namespace tuneval::cli
