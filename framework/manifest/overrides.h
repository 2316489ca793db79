#pragma once

#include <toml++/toml.h>

#include <string>

namespace tuneval {

/// Sets "section.key=value" in a parsed manifest; `models.…` and `tasks.…` in every entry. The new
/// nodes' source is "--set section.key=value". A malformed override, or one that leads through
/// something that is no table, throws ManifestError.
void apply_override(toml::table& manifest, const std::string& override_text);

}  // namespace tuneval
