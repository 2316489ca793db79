#pragma once

#include "framework/manifest/slurm_options.h"

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace tuneval {

/// Reads [engine.slurm]; `where` is its place when it has none of its own. Throws ManifestError.
SlurmOptions read_slurm(const toml::table& table, std::string_view where);

/// Minutes of a time limit as sbatch takes it ("90", "1:30" minutes and seconds, "12:00:00",
/// "2-12", "2-12:30", "2-12:30:00"), rounded up; none for a text of another form, 0 included.
std::optional<int64_t> slurm_minutes(std::string_view text);

}  // namespace tuneval
