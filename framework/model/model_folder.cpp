#include "framework/model/model_folder.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <system_error>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, const char* what, const std::error_code& reason) {
  throw CheckpointError(fmt::format("{}: {}: {}", path.string(), what, reason.message()));
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
