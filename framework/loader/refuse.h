#pragma once

#include "tuneval/error.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace tuneval {

/// Throws PluginError for a plugin's file.
[[noreturn]] inline void refuse(const std::filesystem::path& file, const std::string& why) {
  throw PluginError(fmt::format("{}: {}", file.string(), why));
}

}  // namespace tuneval
