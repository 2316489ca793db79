#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tuneval {

/// Makes `file` hold `bytes`: at every moment, a crash included, it holds either its old content or
/// the new, whole. Missing folders are made. Throws RecordError with the system's reason.
void write_file_atomically(const std::filesystem::path& file, std::string_view bytes);

/// The whole file. Throws RecordError with the system's reason.
std::string read_whole_file(const std::filesystem::path& file);

/// Throws RecordError: the file, what failed, and the system's reason, an errno.
[[noreturn]] void fail_file(const std::filesystem::path& file, std::string_view what, int reason);

}  // namespace tuneval
