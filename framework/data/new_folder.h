#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tuneval {

/// The folder that `destination` names, as an absolute path without a slash at its end. Throws
/// ManifestError unless there is nothing at it, or an empty folder.
std::filesystem::path free_place(const std::filesystem::path& destination);

/// A folder that comes into being whole or not at all: what is made of it lies beside its place
/// until `finish` gives it its name, and is removed where that is not reached. What else lies there
/// is left alone.
class NewFolder {
 public:
  /// Throws as `free_place`; Error where no folder can be made there.
  explicit NewFolder(const std::filesystem::path& destination);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  /// Where to write until then.
  const std::filesystem::path& path() const { return making_; }
  /// Writes one file of it. Throws Error.
  void write(const std::string& name, std::string_view text) const;
  /// Makes it durable and gives it its name. Throws Error.
  void finish();

 private:
  std::filesystem::path target_, making_;
  bool finished_ = false;
};

}  // namespace tuneval
