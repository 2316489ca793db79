#pragma once

#include <filesystem>

namespace tuneval {

/// Set to "1", lets plugins be loaded that others can write; `--allow-writable-plugins` sets it, so
/// that processes started by this one know too.
inline constexpr const char* kAllowWritablePlugins = "TUNEVAL_ALLOW_WRITABLE_PLUGINS";

/// A plugin is code: who can write its file, or put another in its place, runs what they like.
/// Refuses a plugin file, or one whose folder, belongs to neither this user nor root, or that
/// others can write. A folder with the sticky bit, as /tmp has, keeps files that are there already
/// from others. A group that bears its owner's name is that user alone, and root's is root. Throws
/// PluginError.
void check_plugin_file_is_trusted(const std::filesystem::path& file);

/// The same of a folder of which every plugin is to be loaded: here the sticky bit does not help,
/// for others may add files.
void check_plugin_folder_is_trusted(const std::filesystem::path& folder);

}  // namespace tuneval
