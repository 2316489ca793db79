#include "framework/scheduler/slurm.h"

#include "framework/record/atomic_file.h"
#include "framework/record/record.h"
#include "framework/scheduler/program.h"
#include "framework/scheduler/slurm_checks.h"
#include "framework/scheduler/slurm_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

/// A job's and a task's numbers.
using TaskKey = std::pair<std::string, int64_t>;

std::vector<SlurmTask> tasks_in_queue(const std::vector<std::string>& ids) {
  const ProgramResult queue =
      run_program({"squeue", "--noheader", "--array", "--states=all",
                   fmt::format("--jobs={}", fmt::join(ids, ",")), kQueueFormat});
  if (queue.exit_code == 0) return read_queue(queue.out);
  // Asked for one job alone, squeue fails once the controller has forgotten it.
  if (queue.err.find("Invalid job id") != std::string::npos) return {};
  throw SchedulerError(fmt::format("Slurm cannot be asked where the run is: squeue says: {}",
                                   queue.err.empty() ? "nothing" : queue.err));
}

/// Empty where the cluster keeps no accounts, or has no sacct.
std::vector<SlurmTask> tasks_accounted(const std::vector<std::string>& ids) {
  ProgramResult accounts;
  try {
    accounts = run_program({"sacct", "--noheader", "--parsable2", "--allocations", "--array",
                            fmt::format("--jobs={}", fmt::join(ids, ",")), kAccountingFormat});
  } catch (const SchedulerError&) {
    return {};
  }
  return accounts.exit_code == 0 ? read_accounting(accounts.out) : std::vector<SlurmTask>{};
}

std::vector<std::string> ids_of(const std::vector<SlurmJob>& jobs) {
  std::vector<std::string> ids;
  for (const SlurmJob& job : jobs) {
    ids.push_back(job.id);
    if (!job.report.empty()) ids.push_back(job.report);
  }
  return ids;
}

/// Jobs of which Slurm has something in its queue, or has it running.
std::vector<std::string> active_jobs(const std::vector<SlurmTask>& tasks) {
  std::set<std::string> active;
  for (const SlurmTask& task : tasks) {
    if (task.active()) active.insert(task.job);
  }
  return {active.begin(), active.end()};
}

QueueState unknown_state() {
  return {QueueState::Phase::ended, "ended: Slurm no longer knows how"};
}

}  // namespace

std::vector<SlurmTask> tasks_of(const std::vector<SlurmJob>& jobs) {
  if (jobs.empty()) return {};
  std::vector<SlurmTask> tasks = tasks_in_queue(ids_of(jobs));
  std::set<TaskKey> known;
  for (const SlurmTask& task : tasks) known.emplace(task.job, task.index.value_or(0));
  std::vector<std::string> gone;
  for (const SlurmJob& job : jobs) {
    for (size_t i = 0; i < job.tasks.size(); ++i) {
      if (known.contains({job.id, int64_t(i)})) continue;
      gone.push_back(job.id);
      break;
    }
  }
  if (gone.empty()) return tasks;
  for (SlurmTask& task : tasks_accounted(gone)) {
    if (known.contains({task.job, task.index.value_or(0)})) continue;
    tasks.push_back(std::move(task));
  }
  return tasks;
}

QueueState state_of(const SlurmTask& task) {
  const std::string where = task.nodes.empty() ? "" : " on " + task.nodes;
  if (task.waits()) {
    return {QueueState::Phase::queued,
            task.reason.empty() ? "queued" : fmt::format("queued ({})", task.reason)};
  }
  if (task.active()) {
    const char* doing = task.state == "COMPLETING" ? "ending" : "running";
    return {QueueState::Phase::running, doing + where};
  }
  if (task.state == "COMPLETED") return {QueueState::Phase::ended, "ended" + where};
  return {QueueState::Phase::ended, fmt::format("ended: {}{}", task.state, where)};
}

SlurmScheduler::SlurmScheduler(SlurmOptions options, std::function<void(const std::string&)> say)
    : options_(std::move(options)), say_(say ? std::move(say) : [](const std::string&) {}) {}

Submitted SlurmScheduler::submit(const Submission& submission) {
  check_cluster(options_, submission.tasks.size());
  std::vector<SlurmJob> jobs = read_slurm_jobs(submission.run);
  write_facts(expected_facts_path(submission.run), submission.expected);
  fs::create_directories(submission.run / "logs");  // Slurm makes no folders for its output
  Submitted submitted;
  submitted.notes = probe_node(submission, options_, say_);

  write_file_atomically(script_path(submission.run, "array"), array_script(submission, options_));
  submitted.job =
      read_job_id(output_of(sbatch_command(submission, "array"), "the run cannot be queued"));
  SlurmJob job{submitted.job, "", utc_now(), {}};
  for (const ScheduledTask& task : submission.tasks) job.tasks.push_back(task.cells);
  jobs.push_back(std::move(job));
  write_slurm_jobs(submission.run, jobs);  // at once: nobody else knows the number
  queue_report(submission, jobs, submitted);
  return submitted;
}

/// The run itself is queued by now, so what goes wrong here is but a note.
void SlurmScheduler::queue_report(const Submission& submission, std::vector<SlurmJob>& jobs,
                                  Submitted& submitted) const {
  try {
    write_file_atomically(script_path(submission.run, "report"),
                          report_script(submission, options_));
    std::vector<SlurmJob> arrays = jobs;  // earlier ones may still run
    for (SlurmJob& job : arrays) job.report.clear();
    std::vector<std::string> before = active_jobs(tasks_in_queue(ids_of(arrays)));
    if (std::ranges::find(before, submitted.job) == before.end()) before.push_back(submitted.job);
    submitted.report_job =
        read_job_id(output_of(sbatch_command(submission, "report", before), "no report"));
    jobs.back().report = submitted.report_job;
    write_slurm_jobs(submission.run, jobs);
  } catch (const SchedulerError& error) {
    submitted.notes.push_back(
        fmt::format("the report was not queued; make it by \"tuneval report\": {}", error.what()));
  }
}

QueueStates SlurmScheduler::status(const fs::path& run) {
  const std::vector<SlurmJob> jobs = read_slurm_jobs(run);
  std::map<TaskKey, QueueState> known;
  for (const SlurmTask& task : tasks_of(jobs)) {
    if (task.index) known[{task.job, *task.index}] = state_of(task);
  }
  QueueStates states;
  for (const SlurmJob& job : jobs) {
    for (size_t i = 0; i < job.tasks.size(); ++i) {
      const auto found = known.find({job.id, int64_t(i)});
      for (const std::string& cell : job.tasks[i]) {
        states[cell] = found == known.end() ? unknown_state() : found->second;
      }
    }
  }
  return states;
}

int64_t SlurmScheduler::cancel(const fs::path& run) {
  const std::vector<SlurmJob> jobs = read_slurm_jobs(run);
  if (jobs.empty()) return 0;
  const std::vector<SlurmTask> tasks = tasks_in_queue(ids_of(jobs));
  const std::vector<std::string> active = active_jobs(tasks);
  if (active.empty()) return 0;
  std::vector<std::string> command = {"scancel"};
  command.insert(command.end(), active.begin(), active.end());
  output_of(command, "the run cannot be cancelled");
  return std::ranges::count_if(tasks,
                               [](const SlurmTask& task) { return task.index && task.active(); });
}

}  // namespace tuneval
