#include "framework/data/new_folder.h"

#include "framework/data/durable.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_writing(const fs::path& path, const std::error_code& reason) {
  throw Error(fmt::format("{}: cannot be written: {}", path.string(), reason.message()));
}

std::error_code last_error() { return {errno, std::generic_category()}; }

/// Makes a folder of a hidden name that nothing beside `target` has yet.
fs::path make_beside(const fs::path& target) {
  for (int number = 1;; ++number) {
    const std::string count = number == 1 ? "" : std::to_string(number);
    fs::path made =
        target.parent_path() / fmt::format(".{}.part{}", target.filename().string(), count);
    std::error_code problem;
    if (fs::create_directory(made, problem)) return made;
    // The name is taken, perhaps by another program just now.
    if (problem && problem != std::errc::file_exists) fail_writing(target, problem);
  }
}

}  // namespace

fs::path free_place(const fs::path& destination) {
  const fs::path place = fs::absolute(destination).lexically_normal();
  // "packs/x/" names the folder x; as a path its last part is empty.
  const fs::path folder = place.has_filename() ? place : place.parent_path();
  std::error_code problem;
  const fs::file_status status = fs::symlink_status(folder, problem);
  if (!fs::exists(status)) return folder;
  const bool is_folder = fs::is_directory(status);
  if (is_folder && fs::is_empty(folder, problem)) return folder;
  throw ManifestError(fmt::format("{}: {}: expected a new or empty folder", folder.string(),
                                  is_folder ? "is not empty" : "is a file"));
}

NewFolder::NewFolder(const fs::path& destination) : target_(free_place(destination)) {
  const std::error_code problem = make_folders_durably(target_.parent_path());
  if (problem) fail_writing(target_, problem);
  making_ = make_beside(target_);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!finished_) fs::remove_all(making_, ignored);
}

void NewFolder::write(const std::string& name, std::string_view text) const {
  std::ofstream stream(making_ / name, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) fail_writing(target_ / name, last_error());
}

void NewFolder::finish() {
  const auto sync = [&](const fs::path& path) {
    if (const std::error_code problem = sync_path(path)) fail_writing(target_, problem);
  };
  for (const auto& entry : fs::recursive_directory_iterator(making_)) sync(entry.path());
  sync(making_);
  // Takes the place of an empty folder too.
  if (std::rename(making_.c_str(), target_.c_str()) != 0) fail_writing(target_, last_error());
  finished_ = true;
  sync(target_.parent_path());
}

}  // namespace tuneval
