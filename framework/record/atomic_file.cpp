#include "framework/record/atomic_file.h"

#include "framework/data/durable.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace tuneval {

namespace fs = std::filesystem;

void fail_file(const fs::path& file, std::string_view what, int reason) {
  throw RecordError(
      fmt::format("{}: {}: {}", file.string(), what, std::generic_category().message(reason)));
}

void write_file_atomically(const fs::path& file, std::string_view bytes) {
  if (const std::error_code problem = make_folders_durably(folder_of(file))) {
    fail_file(file, "cannot make its folder", problem.value());
  }
  if (const std::error_code problem = replace_file(file, bytes)) {
    fail_file(file, "cannot be written", problem.value());
  }
  // The new name is on the disk only once its folder is.
  if (const std::error_code problem = sync_path(folder_of(file))) {
    fail_file(file, "cannot be made durable", problem.value());
  }
}

std::string read_whole_file(const fs::path& file) {
  std::error_code problem;
  if (fs::is_directory(file, problem)) fail_file(file, "cannot be read", EISDIR);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail_file(file, "cannot be read", errno);
  std::ostringstream text;
  text << stream.rdbuf();
  if (stream.bad()) fail_file(file, "cannot be read", EIO);
  return std::move(text).str();
}

}  // namespace tuneval
