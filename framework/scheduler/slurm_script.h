#pragma once

#include "framework/manifest/slurm_options.h"
#include "framework/scheduler/scheduler.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Text as one word of a shell: in single quotes unless it needs none.
std::string shell_word(std::string_view text);

/// What a task asks for: its estimated peak and a quarter more, and half a GiB for what no estimate
/// counts. In MiB, as "--mem" takes it: "1843M".
std::string slurm_memory(int64_t peak_bytes);

/// The script of the array, whose tasks are numbered from 0. A task runs its cells in one process.
/// When its time limit nears, that is told to stop, and the task puts itself back into the queue;
/// when it dies of a signal, the task's cells are run each by itself, as one alone may be to blame.
std::string array_script(const Submission& submission, const SlurmOptions& options);

/// The script of the job that writes the report.
std::string report_script(const Submission& submission, const SlurmOptions& options);

/// The script of the job that looks whether a node has what the run needs; it writes what the node
/// has to RUN/slurm/probe-JOB.json.
std::string probe_script(const Submission& submission, const SlurmOptions& options);

/// Where a probe's answer and its output lie.
std::filesystem::path probe_answer_path(const std::filesystem::path& run, std::string_view job);
std::filesystem::path probe_output_path(const std::filesystem::path& run, std::string_view job);

/// The command that queues a script of RUN/slurm: `name` is "array", "report" or "probe",
/// `dependencies` the jobs that have to end first.
std::vector<std::string> sbatch_command(const Submission& submission, const std::string& name,
                                        const std::vector<std::string>& dependencies = {});

/// Where that script lies.
std::filesystem::path script_path(const std::filesystem::path& run, const std::string& name);

}  // namespace tuneval
