#pragma once

#include <filesystem>
#include <system_error>

namespace tuneval {

/// Waits until a file or a folder's list of names is on the disk; else the system's reason. A file
/// system that cannot say so of folders is taken at its word.
std::error_code sync_path(const std::filesystem::path& path);

/// The folder that holds `path`; "." for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& path);

/// Makes a folder and what is missing above it, durably; else the system's reason. A folder's name
/// is on the disk only once the folder that holds it is.
std::error_code make_folders_durably(const std::filesystem::path& folder);

}  // namespace tuneval
