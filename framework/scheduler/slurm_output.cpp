#include "framework/scheduler/slurm_output.h"

#include "framework/manifest/slurm_section.h"
#include "framework/scheduler/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace tuneval {
namespace {

using Fields = std::vector<std::string>;

[[noreturn]] void fail(std::string_view program, std::string_view expected,
                       std::string_view found) {
  throw SchedulerError(
      fmt::format("{} printed \"{}\": expected {}", program, found.substr(0, 200), expected));
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

Fields split(std::string_view text, char separator) {
  Fields parts;
  for (size_t begin = 0;;) {
    const size_t end = text.find(separator, begin);
    parts.emplace_back(trimmed(text.substr(begin, end - begin)));
    if (end == text.npos) return parts;
    begin = end + 1;
  }
}

/// The lines that are not empty, each in `count` fields.
std::vector<Fields> read_lines(std::string_view out, std::string_view program, size_t count,
                               std::string_view expected) {
  std::vector<Fields> lines;
  for (const std::string& line : split(out, '\n')) {
    if (line.empty()) continue;
    lines.push_back(split(line, '|'));
    if (lines.back().size() != count) fail(program, expected, line);
  }
  return lines;
}

bool is_number(std::string_view text) {
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return !text.empty() && text.size() < 16 && std::ranges::all_of(text, digit);
}

int64_t number(std::string_view text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "CANCELLED by 0" and "COMPLETED+" are said where there is more to say.
std::string plain_state(std::string_view state) {
  return std::string(state.substr(0, state.find_first_of(" +")));
}

constexpr std::array kActive = {"PENDING",      "RUNNING",      "SUSPENDED",   "COMPLETING",
                                "CONFIGURING",  "REQUEUED",     "RESIZING",    "SIGNALING",
                                "STAGE_OUT",    "STOPPED",      "REQUEUE_FED", "REQUEUE_HOLD",
                                "SPECIAL_EXIT", "RESV_DEL_HOLD"};
constexpr std::array kWaiting = {"PENDING",      "REQUEUED",     "REQUEUE_FED",
                                 "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"};

}  // namespace

bool SlurmTask::active() const { return std::ranges::find(kActive, state) != kActive.end(); }

bool SlurmTask::waits() const { return std::ranges::find(kWaiting, state) != kWaiting.end(); }

std::string read_job_id(std::string_view out) {
  const std::string_view line = trimmed(out);
  const std::string_view id = line.substr(0, line.find(';'));
  if (!is_number(id)) fail("sbatch", "a job's number", line);
  return std::string(id);
}

std::vector<SlurmPartition> read_partitions(std::string_view out) {
  constexpr std::string_view kExpected = "partition|state|time limit";
  std::vector<SlurmPartition> partitions;
  for (const Fields& line : read_lines(out, "sinfo", 3, kExpected)) {
    SlurmPartition partition{line[0], line[0].ends_with('*'), line[1] == "up", std::nullopt};
    if (partition.is_default) partition.name.pop_back();
    if (line[2] != "infinite" && line[2] != "n/a") {
      partition.minutes = slurm_minutes(line[2]);
      if (!partition.minutes) fail("sinfo", "a time limit", line[2]);
    }
    partitions.push_back(std::move(partition));
  }
  return partitions;
}

std::vector<SlurmTask> read_queue(std::string_view out) {
  constexpr std::string_view kExpected = "job|task|state|reason|nodes";
  std::vector<SlurmTask> tasks;
  for (const Fields& line : read_lines(out, "squeue", 5, kExpected)) {
    if (!is_number(line[0])) fail("squeue", kExpected, line[0]);
    SlurmTask task{line[0], std::nullopt, plain_state(line[2]), line[3], line[4]};
    if (is_number(line[1])) {
      task.index = number(line[1]);
    } else if (line[1] != "N/A") {
      fail("squeue", "a task's number", line[1]);
    }
    if (task.reason == "None") task.reason.clear();
    tasks.push_back(std::move(task));
  }
  return tasks;
}

std::vector<SlurmTask> read_accounting(std::string_view out) {
  constexpr std::string_view kExpected = "job|state|nodes";
  std::vector<SlurmTask> tasks;
  for (const Fields& line : read_lines(out, "sacct", 3, kExpected)) {
    const Fields id = split(line[0], '_');
    if (id.size() > 2 || !is_number(id[0])) fail("sacct", "a job's number", line[0]);
    SlurmTask task{id[0], std::nullopt, plain_state(line[1]), "", line[2]};
    if (id.size() == 2 && !is_number(id[1])) continue;  // "12_[3-7]": tasks that never began
    if (id.size() == 2) task.index = number(id[1]);
    if (task.nodes == "None assigned") task.nodes.clear();
    tasks.push_back(std::move(task));
  }
  return tasks;
}

std::optional<std::string> config_value(std::string_view config, std::string_view key) {
  for (const std::string& line : split(config, '\n')) {
    const size_t equals = line.find('=');
    if (equals == line.npos || trimmed(std::string_view(line).substr(0, equals)) != key) continue;
    return std::string(trimmed(std::string_view(line).substr(equals + 1)));
  }
  return std::nullopt;
}

}  // namespace tuneval
