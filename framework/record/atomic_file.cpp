#include "framework/record/atomic_file.h"

#include "framework/data/durable.h"
#include "tuneval/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, std::string_view what, int reason) {
  throw RecordError(
      fmt::format("{}: {}: {}", file.string(), what, std::generic_category().message(reason)));
}

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

void write_file_atomically(const fs::path& file, std::string_view bytes) {
  if (const std::error_code problem = make_folders_durably(folder_of(file))) {
    fail(file, "cannot make its folder", problem.value());
  }
  const fs::path temporary = temporary_beside(file);
  int reason = write_and_sync(temporary, bytes);
  if (reason == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) reason = errno;
  if (reason != 0) {
    ::unlink(temporary.c_str());
    fail(file, "cannot be written", reason);
  }
  // The new name is on the disk only once its folder is.
  if (const std::error_code problem = sync_path(folder_of(file))) {
    fail(file, "cannot be made durable", problem.value());
  }
}

std::string read_whole_file(const fs::path& file) {
  std::error_code problem;
  if (fs::is_directory(file, problem)) fail(file, "cannot be read", EISDIR);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail(file, "cannot be read", errno);
  std::ostringstream text;
  text << stream.rdbuf();
  if (stream.bad()) fail(file, "cannot be read", EIO);
  return std::move(text).str();
}

}  // namespace tuneval
