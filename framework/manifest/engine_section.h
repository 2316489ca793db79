#pragma once

#include "framework/manifest/engine_options.h"

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>

namespace tuneval {

/// Reads [engine]; `where` is its place when it has none of its own. Throws ManifestError.
EngineOptions read_engine(const toml::table& table, std::string_view where);

/// What is wrong with the options, in one sentence that begins with the key; null where nothing is.
std::optional<std::string> engine_fault(const EngineOptions& options);

}  // namespace tuneval
