#include "framework/model/model_folder.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>
#include <string>
#include <system_error>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, const char* what, const std::error_code& reason) {
  throw CheckpointError(fmt::format("{}: {}: {}", path.string(), what, reason.message()));
}

/// "runs/x/" and "runs/x" are one place.
fs::path without_slash(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

bool is_companion(const fs::path& file) {
  static const std::set<std::string> kKinds = {".json", ".jinja", ".txt", ".model", ".py"};
  const std::string name = file.filename().string();
  return kKinds.contains(file.extension().string()) && !name.ends_with(".index.json") &&
         !name.starts_with("adapter_") && !name.starts_with("README") &&
         !name.starts_with("LICENSE") && !name.starts_with('.');
}

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) fail(folder, "cannot be made", problem);
}

void copy_one(const fs::path& from, const fs::path& to) {
  std::error_code problem;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, problem);
  if (problem) fail(to, fmt::format("cannot be copied from {}", from.string()).c_str(), problem);
}

}  // namespace

NewFolder::NewFolder(const fs::path& target) : target_(without_slash(target)) {
  std::error_code problem;
  const bool empty = fs::is_directory(target_, problem) && fs::is_empty(target_, problem);
  if (problem && problem != std::errc::no_such_file_or_directory) {
    fail(target_, "cannot be looked at", problem);
  }
  if (!empty && fs::exists(fs::symlink_status(target_, problem))) {
    throw CheckpointError(
        fmt::format("{}: {}: expected a new or empty folder", target_.string(),
                    fs::is_directory(target_, problem) ? "is not empty" : "is a file"));
  }
  making_ =
      target_.parent_path() / fmt::format(".{}.{}.tmp", target_.filename().string(), ::getpid());
  make_folder(target_.parent_path());
  fs::remove_all(making_, problem);  // of a process that was killed and had our number
  make_folder(making_);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!finished_) fs::remove_all(making_, ignored);
}

void NewFolder::finish() {
  // Takes the place of an empty folder too.
  if (std::rename(making_.c_str(), target_.c_str()) != 0) {
    fail(target_, "cannot be written", std::error_code(errno, std::generic_category()));
  }
  finished_ = true;
}

void copy_companions(const fs::path& from, const fs::path& to) {
  make_folder(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    if (entry.is_regular_file() && is_companion(entry.path())) {
      copy_one(entry.path(), to / entry.path().filename());
    }
  }
  const char* templates = "additional_chat_templates";
  if (fs::is_directory(from / templates)) copy_whole(from / templates, to / templates);
}

void copy_whole(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from)) {
    throw CheckpointError(fmt::format("{}: no such folder", from.string()));
  }
  make_folder(to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path place = to / entry.path().lexically_relative(from);
    if (entry.is_directory()) {
      make_folder(place);
    } else if (entry.is_regular_file()) {
      copy_one(entry.path(), place);
    }
  }
}

}  // namespace tuneval
