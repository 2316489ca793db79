#pragma once

#include <filesystem>
#include <string_view>
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

/// Makes `file` hold `bytes`, in a folder that is there; else the system's reason. At every moment,
/// a crash included, it holds its old content or the new, whole. Its name is on the disk only once
/// its folder is (sync_path).
std::error_code replace_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace tuneval
