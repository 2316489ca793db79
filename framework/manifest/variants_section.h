#pragma once

#include "framework/manifest/manifest.h"
#include "framework/manifest/toml_table.h"

namespace tuneval {

/// [run] seed or seeds → Manifest::seed and more_seeds. Throws ManifestError, also where both are
/// there.
void read_seeds(const TomlTable& run, Manifest& manifest);

/// [tuning] learning_rates → Manifest::learning_rates, once the recipe is read. The recipe's own
/// rate may stand among them and is left out. Throws ManifestError for one that is no rate, one
/// that stands twice, and where no rows are held out to choose by; and where `several_seeds`, given
/// in [run], meet a seed in [tuning].
void read_learning_rates(const TomlTable& tuning, bool several_seeds, Manifest& manifest);

/// [report] max_parameters → ReportOptions::max_parameters. Throws ManifestError.
void read_max_parameters(const TomlTable& report, ReportOptions& options);

}  // namespace tuneval
