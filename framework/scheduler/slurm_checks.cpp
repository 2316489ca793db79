#include "framework/scheduler/slurm_checks.h"

#include "framework/manifest/slurm_section.h"
#include "framework/record/atomic_file.h"
#include "framework/scheduler/program.h"
#include "framework/scheduler/slurm_output.h"
#include "framework/scheduler/slurm_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <sstream>
#include <thread>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void check_controller() {
  const ProgramResult ping = run_program({"scontrol", "ping"});
  if (ping.exit_code == 0 && ping.out.find(" is UP") != std::string::npos) return;
  std::string said = ping.out + ping.err;
  std::ranges::replace(said, '\n', ' ');
  throw SchedulerError(
      fmt::format("Slurm's controller does not answer; \"scontrol ping\" says: {}", said));
}

const SlurmPartition& find_partition(const std::vector<SlurmPartition>& partitions,
                                     const std::string& name) {
  std::string known;
  for (const SlurmPartition& partition : partitions) {
    if (name.empty() ? partition.is_default : partition.name == name) return partition;
    known += (known.empty() ? "" : ", ") + partition.name;
  }
  throw SchedulerError(
      name.empty()
          ? fmt::format("the cluster has no default partition: expected "
                        "engine.slurm.partition to be one of {}",
                        known)
          : fmt::format("engine.slurm.partition is \"{}\": expected one of {}", name, known));
}

void check_partition(const SlurmOptions& options, const SlurmPartition& partition) {
  if (!partition.up) {
    throw SchedulerError(fmt::format("partition \"{}\" is not up", partition.name));
  }
  const std::optional<int64_t> minutes = slurm_minutes(options.time);
  if (minutes && partition.minutes && *minutes > *partition.minutes) {
    throw SchedulerError(
        fmt::format("engine.slurm.time is \"{}\": partition \"{}\" allows {} minutes at most",
                    options.time, partition.name, *partition.minutes));
  }
}

void check_array(size_t tasks) {
  const std::string config =
      output_of({"scontrol", "show", "config"}, "the cluster's limits cannot be asked for");
  const std::string text = config_value(config, "MaxArraySize").value_or("");
  size_t most = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), most).ec != std::errc{}) return;
  // Indices lie below it.
  if (tasks <= most) return;
  throw SchedulerError(fmt::format(
      "{} tasks, but the cluster's arrays have {} at most: expected engine.slurm.per = \"model\", "
      "or a run of fewer models and tasks",
      tasks, most));
}

/// A file that another machine wrote may take a moment to show on a network file system.
bool appears(const fs::path& file, std::chrono::seconds most) {
  const auto end = Clock::now() + most;
  std::error_code ignored;
  while (!fs::exists(file, ignored)) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return true;
}

std::string end_of(const fs::path& file) {
  std::string text = read_whole_file(file);
  while (text.ends_with('\n')) text.pop_back();
  return text.size() > 1000 ? "…" + text.substr(text.size() - 1000) : text;
}

/// Whether the job has ended before the time is over.
bool waited_for(const std::string& job, std::chrono::seconds most) {
  const auto end = Clock::now() + most;
  while (Clock::now() < end) {
    const ProgramResult queue =
        run_program({"squeue", "--noheader", "--states=all", "--jobs=" + job, kQueueFormat});
    // Slurm may have forgotten it by now; what else goes wrong may pass.
    if (queue.err.find("Invalid job id") != std::string::npos) return true;
    if (queue.exit_code == 0 && std::ranges::none_of(read_queue(queue.out), &SlurmTask::active)) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  return false;
}

/// Throws unless the probe's answer is there, and as expected.
void check_answer(const Submission& submission, const std::string& job) {
  const fs::path answer = probe_answer_path(submission.run, job);
  const fs::path output = probe_output_path(submission.run, job);
  if (!appears(answer, std::chrono::seconds(appears(output, std::chrono::seconds(10)) ? 3 : 0))) {
    std::error_code ignored;
    throw SchedulerError(
        fs::exists(output, ignored)
            ? fmt::format("a node cannot run this: job {} said: {}", job, end_of(output))
            : fmt::format(
                  "{}: a node that ran job {} wrote nothing there: expected a run folder on "
                  "a file system that the nodes share",
                  submission.run.string(), job));
  }
  const std::string difference = difference_of_facts(read_facts(answer), submission.expected);
  if (!difference.empty()) {
    throw SchedulerError(
        fmt::format("a node has another installation than this machine: {}", difference));
  }
}

}  // namespace

void check_cluster(const SlurmOptions& options, size_t tasks) {
  output_of({"sbatch", "--version"}, "nothing can be queued");
  check_controller();
  const auto partitions = read_partitions(
      output_of({"sinfo", "--noheader", kPartitionFormat}, "the partitions cannot be listed"));
  // "a,b": whichever is free first.
  std::istringstream names(options.partition);
  std::string name;
  do {
    std::getline(names, name, ',');
    check_partition(options, find_partition(partitions, name));
  } while (names.good());
  check_array(tasks);
}

std::vector<std::string> probe_node(const Submission& submission, const SlurmOptions& options,
                                    const std::function<void(const std::string&)>& say) {
  if (submission.probe_seconds <= 0) return {};
  write_file_atomically(script_path(submission.run, "probe"), probe_script(submission, options));
  const std::string job =
      read_job_id(output_of(sbatch_command(submission, "probe"), "a node cannot be asked"));
  say(fmt::format("job {} asks a node whether it has what the run needs", job));
  if (!waited_for(job, std::chrono::seconds(submission.probe_seconds))) {
    run_program({"scancel", job});
    return {
        fmt::format("no node was free within {} s to be looked at: each task looks for itself "
                    "before it computes",
                    submission.probe_seconds)};
  }
  check_answer(submission, job);
  std::error_code ignored;
  for (const fs::path& file :
       {probe_answer_path(submission.run, job), probe_output_path(submission.run, job),
        script_path(submission.run, "probe")}) {
    fs::remove(file, ignored);
  }
  return {};
}

}  // namespace tuneval
