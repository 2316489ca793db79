#include "framework/data/durable.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <vector>

namespace tuneval {

namespace fs = std::filesystem;

std::error_code sync_path(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {errno, std::generic_category()};
  const int reason = ::fsync(file) == 0 || errno == EINVAL ? 0 : errno;
  ::close(file);
  return {reason, std::generic_category()};
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

std::error_code make_folders_durably(const fs::path& folder) {
  // Of two threads the second would find folders that the first has not yet made durable.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::error_code problem;
  std::vector<fs::path> holders;  // of each new folder, the innermost first
  for (fs::path at = folder; at != folder_of(at) && !fs::exists(at, problem); at = folder_of(at)) {
    holders.push_back(folder_of(at));
  }
  fs::create_directories(folder, problem);
  if (problem) return problem;
  for (const fs::path& holder : holders) {
    if (const std::error_code failed = sync_path(holder)) return failed;
  }
  return {};
}

}  // namespace tuneval
