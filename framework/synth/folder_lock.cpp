#include "framework/synth/folder_lock.h"

#include "tuneval/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tuneval {

namespace {

[[noreturn]] void fail_to_lock(const std::filesystem::path& folder, int reason) {
  if (reason == EWOULDBLOCK) {
    throw ManifestError(
        fmt::format("{}: another process is making rows in it: expected one at a time, or another "
                    "folder",
                    folder.string()));
  }
  throw RecordError(fmt::format("{}: cannot be locked: {}", folder.string(),
                                std::generic_category().message(reason)));
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) fail_to_lock(folder, problem.value());
  file_ = ::open((folder / kFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) fail_to_lock(folder, errno);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(file_);
  fail_to_lock(folder, reason);
}

FolderLock::~FolderLock() { ::close(file_); }

}  // namespace tuneval
