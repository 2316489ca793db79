#pragma once

#include <filesystem>

namespace tuneval {

/// Keeps a folder to one process at a time, by a lock on its file ".lock", which the system lets go
/// of when the process ends, however it does. The file stays.
class FolderLock {
 public:
  /// Makes the folder where there is none. Throws ManifestError where another one has the lock,
  /// RecordError where the disk refuses.
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  static constexpr const char* kFile = ".lock";

 private:
  int file_;
};

}  // namespace tuneval
