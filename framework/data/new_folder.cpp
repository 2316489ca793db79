#include "framework/data/new_folder.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

/// A folder of a name that nothing has yet, beside another; gone again unless it is moved there.
class PartialFolder {
 public:
  explicit PartialFolder(fs::path target) : target_(std::move(target)) {
    fs::create_directories(target_.parent_path());
    int number = 1;
    while (!make(number)) ++number;
  }
  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;
  ~PartialFolder() {
    std::error_code ignored;
    if (!moved_) fs::remove_all(path_, ignored);
  }

  void write(const NewFile& file) const {
    std::ofstream stream(path_ / file.name, std::ios::binary);
    stream << file.text;
    stream.close();
    if (!stream) {
      throw DataError(fmt::format("{}: cannot be written", (target_ / file.name).string()));
    }
  }

  void move() {
    fs::rename(path_, target_);
    moved_ = true;
  }

 private:
  /// False when the name is taken, perhaps by another program just now.
  bool make(int number) {
    path_ = target_;
    path_ += number == 1 ? ".part" : fmt::format(".part{}", number);
    std::error_code error;
    if (fs::create_directory(path_, error)) return true;
    if (!error || error == std::errc::file_exists) return false;
    throw fs::filesystem_error("", path_, error);
  }

  fs::path target_, path_;
  bool moved_ = false;
};

}  // namespace

fs::path new_folder(const fs::path& destination) {
  const fs::path place = fs::absolute(destination).lexically_normal();
  // "packs/x/" names the folder x; as a path its last part is empty.
  const fs::path folder = place.has_filename() ? place : place.parent_path();
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (!fs::exists(status)) return folder;
  if (fs::is_directory(status) && fs::is_empty(folder, error)) return folder;
  throw DataError(fmt::format("{}: is there already: expected no such path, or an empty folder",
                              folder.string()));
}

void write_folder(const fs::path& folder, const std::vector<NewFile>& files) {
  try {
    PartialFolder part(folder);
    for (const NewFile& file : files) part.write(file);
    part.move();
  } catch (const fs::filesystem_error& error) {
    throw DataError(
        fmt::format("{}: cannot be written: {}", folder.string(), error.code().message()));
  }
}

}  // namespace tuneval
