#pragma once

#include "tuneval/plugin.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// A plugin whose code now runs in this process.
struct LoadedPlugin {
  std::string name, version;
  std::filesystem::path file;
};

/// Loads every plugin of each folder (its *.so files, sorted by name) and every file named itself;
/// one that comes up twice is loaded once. Throws PluginError at the first that cannot be loaded,
/// and for a folder that others can write (trust.h).
Registry load_plugins(std::span<const std::filesystem::path> folders_or_files);

/// Checks one plugin file, loads it and lets it register. Each step that fails throws its own
/// PluginError, which begins with the file; `registry` is then as before. No code of a plugin runs
/// before its ABI tag is known to equal ours. A loaded plugin is never unloaded: vtables and
/// deleters of what it made live in it.
LoadedPlugin load_plugin(Registry& registry, const std::filesystem::path& file);

/// Where the program looks for plugins: lib/tuneval/plugins beside its own bin folder, then the
/// folders of TUNEVAL_PLUGIN_PATH (absolute, separated by colons). The current directory is never
/// one of them.
std::vector<std::filesystem::path> default_plugin_folders();

}  // namespace tuneval
