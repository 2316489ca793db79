#include "framework/status/clean.h"

#include "framework/plan/plan_file.h"
#include "framework/record/lease.h"
#include "framework/record/store.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

/// Folders whose entries bear the id of a cell, records before what belongs to them.
constexpr std::array<const char*, 7> kFolders = {
    "records", "predictions", "adapters", "checkpoints", "logs", "state", "leases"};

/// The entries of a folder that is none by a link, by name.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code problem;
  if (!fs::is_directory(fs::symlink_status(folder, problem))) return entries;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    entries.push_back(entry->path());
  }
  if (problem) {
    throw RecordError(fmt::format("{}: cannot be listed: {}", folder.string(), problem.message()));
  }
  std::ranges::sort(entries);
  return entries;
}

int64_t bytes_of(const fs::path& path) {
  std::error_code problem;
  const fs::file_status status = fs::symlink_status(path, problem);
  if (fs::is_regular_file(status)) return int64_t(fs::file_size(path, problem));
  int64_t bytes = 0;
  if (!fs::is_directory(status)) return bytes;
  for (const fs::path& entry : entries_of(path)) bytes += bytes_of(entry);
  return bytes;
}

/// Hidden names that files and folders have until they are whole.
bool is_begun(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with('.')) return false;
  return name.ends_with(".tmp") || name.find(".part") != std::string::npos ||
         name.find(".json.after-") != std::string::npos;  // of a lease that was to be taken over
}

class Finder {
 public:
  Finder(const fs::path& output, const CleanOptions& options)
      : output_(output), options_(options), store_(output, [](const std::string&) {}) {
    const fs::path plan = plan_file_path(output);
    if (!fs::exists(plan)) {
      throw RecordError(
          fmt::format("{}: is missing: without it nothing says what the run needs; `tuneval run` "
                      "writes it",
                      plan.string()));
    }
    for (const PlanFileCell& cell : read_plan_file(plan).cells) ids_.insert(cell.id);
  }

  std::vector<Removable> run() {
    for (const char* folder : kFolders) {
      for (const fs::path& path : entries_of(output_ / folder)) look_at(folder, path);
    }
    add_begun(output_);
    const fs::path cache = store_.cache_path();
    if (options_.cache && fs::exists(fs::symlink_status(cache))) {
      add(cache, "what teacher and judge answered");
    }
    return std::move(found_);
  }

 private:
  void look_at(const std::string& folder, const fs::path& path) {
    const std::string id = id_of(path.filename().string());
    if (is_begun(path)) {
      add(path, "cut off while it was written");
    } else if (id.empty()) {
      add(path, "of no cell of the plan");
    } else if (folder == "checkpoints" && store_.has_done(id)) {
      add(path, "of a cell that is done");
    } else if ((folder == "state" || folder == "leases") && !is_alive(id)) {
      add(path, "of a process that has ended");
    } else {
      add_begun(path);
    }
  }

  /// The plan's id that a name is, or begins with up to a dot; ids may have dots of their own.
  std::string id_of(const std::string& name) const {
    for (size_t end = name.size(); end != std::string::npos && end > 0;
         end = name.rfind('.', end - 1)) {
      if (ids_.contains(name.substr(0, end))) return name.substr(0, end);
    }
    return {};
  }

  bool is_alive(const std::string& id) const {
    const auto holder = read_lease(cell_lease_path(output_, id));
    return holder && !is_dead(*holder);
  }

  /// What was begun in a folder and never finished.
  void add_begun(const fs::path& folder) {
    for (const fs::path& path : entries_of(folder)) {
      if (is_begun(path)) add(path, "cut off while it was written");
    }
  }

  void add(const fs::path& path, std::string why) {
    found_.push_back({path, std::move(why), bytes_of(path)});
  }

  const fs::path output_;
  const CleanOptions options_;
  const RecordStore store_;
  std::set<std::string> ids_;
  std::vector<Removable> found_;
};

}  // namespace

void require_idle(const fs::path& output) {
  for (const fs::path& path : entries_of(output / "leases")) {
    const bool hidden = path.filename().string().starts_with('.');
    const auto holder = read_lease(path);
    if (hidden || !holder || is_dead(*holder)) continue;
    const Lease asked(path);
  }
}

std::vector<Removable> find_removable(const fs::path& output, const CleanOptions& options) {
  return Finder(output, options).run();
}

void remove_all(const std::vector<Removable>& removable) {
  for (const Removable& one : removable) {
    std::error_code problem;
    fs::remove_all(one.path, problem);  // follows no link
    if (problem) {
      throw RecordError(
          fmt::format("{}: cannot be removed: {}", one.path.string(), problem.message()));
    }
  }
}

}  // namespace tuneval
