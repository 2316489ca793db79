#pragma once

#include "framework/manifest/slurm_options.h"
#include "framework/scheduler/scheduler.h"
#include "framework/scheduler/slurm_jobs.h"
#include "framework/scheduler/slurm_output.h"

#include <functional>
#include <string>
#include <vector>

namespace tuneval {

/// Slurm, by its own programs (sbatch, squeue, sacct, scancel, scontrol, sinfo). A submission is a
/// job array, and a job behind it for the report; RUN/slurm.json holds their numbers, RUN/slurm/
/// the scripts.
class SlurmScheduler : public Scheduler {
 public:
  /// `options` matter to submit alone. `say` is told of what takes its time, one line each.
  explicit SlurmScheduler(SlurmOptions options = {},
                          std::function<void(const std::string&)> say = {});

  Submitted submit(const Submission& submission) override;
  QueueStates status(const std::filesystem::path& run) override;
  int64_t cancel(const std::filesystem::path& run) override;

 private:
  void queue_report(const Submission& submission, std::vector<SlurmJob>& jobs,
                    Submitted& submitted) const;

  SlurmOptions options_;
  std::function<void(const std::string&)> say_;
};

/// What Slurm knows of these jobs' tasks: of the queue, and of what has left it from the
/// accounting, where the cluster has one. Throws SchedulerError when Slurm does not answer.
std::vector<SlurmTask> tasks_of(const std::vector<SlurmJob>& jobs);

/// "queued (Resources)", "running on n1", "ended: TIMEOUT on n1".
QueueState state_of(const SlurmTask& task);

}  // namespace tuneval
