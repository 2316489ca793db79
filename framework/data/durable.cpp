#include "framework/data/durable.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }
  /// Some file systems report a failed write only here.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd < 0 || ::close(fd) == 0 ? 0 : errno;
  }

 private:
  int fd_;
};

/// 0, or the reason.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

int write_and_sync(const fs::path& path, std::string_view bytes) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return errno;
  if (const int reason = write_all(file.get(), bytes)) return reason;
  if (::fsync(file.get()) != 0) return errno;
  return file.close();
}

/// Hidden, so that no reader of the folder takes it for a record; its own, so that writers do not
/// meet.
fs::path temporary_beside(const fs::path& file) {
  static std::atomic<int64_t> count = 0;
  return file.parent_path() /
         fmt::format(".{}.{}.{}.tmp", file.filename().string(), ::getpid(), count++);
}

}  // namespace

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

std::error_code replace_file(const fs::path& file, std::string_view bytes) {
  const fs::path temporary = temporary_beside(file);
  int reason = write_and_sync(temporary, bytes);
  if (reason == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) reason = errno;
  if (reason != 0) ::unlink(temporary.c_str());
  return {reason, std::generic_category()};
}

}  // namespace tuneval
