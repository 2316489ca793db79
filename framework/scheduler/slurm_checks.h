#pragma once

#include "framework/manifest/slurm_options.h"
#include "framework/scheduler/scheduler.h"

#include <functional>
#include <string>
#include <vector>

namespace tuneval {

/// Looks at what would keep a submission from running before anything is queued: no Slurm here, a
/// controller that does not answer, a partition that there is not or that is down, a time limit
/// above the partition's, an array that is too long. Throws SchedulerError.
void check_cluster(const SlurmOptions& options, size_t tasks);

/// Lets one node say what it has, by a job of some seconds: whether it sees the run folder and the
/// program, and whether versions and ABI tags are ours. Throws SchedulerError with what the node
/// said where something is not as expected. When no node was free in `submission.probe_seconds`,
/// the job is cancelled, and the sentence that says so returned; else nothing. `say` is told what
/// is waited for.
std::vector<std::string> probe_node(const Submission& submission, const SlurmOptions& options,
                                    const std::function<void(const std::string&)>& say);

}  // namespace tuneval
