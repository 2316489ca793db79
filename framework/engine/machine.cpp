#include "framework/engine/machine.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

/// The number behind a word at a line's beginning: "MemAvailable:  8123 kB".
std::optional<int64_t> number_behind(const fs::path& file, const std::string& word) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream parts(line);
    std::string first;
    int64_t number = 0;
    if (parts >> first >> number && first == word) return number;
  }
  return std::nullopt;
}

/// A file that holds one number; none for "max".
std::optional<int64_t> number_in(const fs::path& file) {
  std::ifstream stream(file);
  int64_t number = 0;
  return stream >> number ? std::optional(number) : std::nullopt;
}

/// The folder of this process's control group for memory, and those above it, innermost first:
/// version 2 where there is one, else version 1.
std::vector<fs::path> memory_groups() {
  std::ifstream stream("/proc/self/cgroup");
  fs::path root, inner;
  for (std::string line; std::getline(stream, line);) {  // "0::/a/b" or "4:memory:/a/b"
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool second_version = controllers.empty();
    if (!second_version && ("," + controllers + ",").find(",memory,") == std::string::npos)
      continue;
    root = second_version ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    inner = fs::path(line.substr(second + 1)).relative_path();
    if (!second_version) break;  // where both are there, memory is the first's
  }
  std::vector<fs::path> groups;
  if (root.empty()) return groups;
  for (; !inner.empty(); inner = inner.parent_path()) groups.push_back(root / inner);
  groups.push_back(root);
  return groups;
}

/// Bytes that a group leaves; kNoLimit where it has no limit. The files that are cached on its
/// account give way.
int64_t left_in(const fs::path& group) {
  auto limit = number_in(group / "memory.max");
  auto used = number_in(group / "memory.current");
  auto cached = number_behind(group / "memory.stat", "inactive_file");
  if (!limit) {
    limit = number_in(group / "memory.limit_in_bytes");
    used = number_in(group / "memory.usage_in_bytes");
    cached = number_behind(group / "memory.stat", "total_inactive_file");
  }
  if (!limit || !used) return kNoLimit;
  return std::max<int64_t>(0, *limit - *used + cached.value_or(0));
}

int64_t free_memory() {
  const auto available = number_behind("/proc/meminfo", "MemAvailable:");
  int64_t least = available ? *available * 1024 : kNoLimit;
  for (const fs::path& group : memory_groups()) least = std::min(least, left_in(group));
  return least == kNoLimit ? 0 : least;
}

/// "nvidia0" and the like of /dev.
bool is_gpu(const std::string& name) {
  return name.starts_with("nvidia") && name.size() > 6 &&
         std::all_of(name.begin() + 6, name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::vector<std::string> visible_gpus() {
  std::vector<std::string> gpus;
  if (const char* chosen = std::getenv("CUDA_VISIBLE_DEVICES")) {
    std::istringstream names(chosen);
    for (std::string name; std::getline(names, name, ',');) {
      if (name.empty() || name == "-1") break;  // as CUDA reads it
      gpus.push_back(name);
    }
    return gpus;
  }
  std::error_code ignored;
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/dev", ignored)) {
    count += is_gpu(entry.path().filename().string());
  }
  for (size_t i = 0; i < count; ++i) gpus.push_back(std::to_string(i));
  return gpus;
}

}  // namespace

int64_t jobs_of(const EngineOptions& options, const Manifest& manifest, const Machine& machine) {
  if (options.jobs > 0) return options.jobs;
  if (manifest.device != "cuda") return 1;
  return std::max<int64_t>(1, int64_t(machine.gpus.size()));
}

std::string least_taken(const std::vector<std::string>& gpus,
                        const std::vector<std::string>& taken) {
  return *std::ranges::min_element(
      gpus, {}, [&](const std::string& gpu) { return std::ranges::count(taken, gpu); });
}

Machine this_machine() {
  Machine machine;
  machine.cores = std::max(1, int(std::thread::hardware_concurrency()));
  machine.memory = free_memory();
  machine.gpus = visible_gpus();
  return machine;
}

int64_t out_of_memory_kills() {
  for (const fs::path& group : memory_groups()) {
    if (const auto kills = number_behind(group / "memory.events", "oom_kill")) return *kills;
    if (const auto kills = number_behind(group / "memory.oom_control", "oom_kill")) return *kills;
  }
  // Of the whole machine, where the root has no file of its own.
  return number_behind("/proc/vmstat", "oom_kill").value_or(0);
}

}  // namespace tuneval
