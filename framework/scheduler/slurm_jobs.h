#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// One submission: an array of tasks, and the report behind it.
struct SlurmJob {
  std::string id;                               ///< of the array
  std::string report;                           ///< of the report's job; empty: none was queued
  std::string submitted;                        ///< UTC
  std::vector<std::vector<std::string>> tasks;  ///< cell ids, by the task's index

  bool operator==(const SlurmJob&) const = default;
};

/// RUN/slurm.json: all submissions of a run, the oldest first.
std::filesystem::path slurm_jobs_path(const std::filesystem::path& run);

/// Empty where nothing was submitted. Throws RecordError where the file cannot be read.
std::vector<SlurmJob> read_slurm_jobs(const std::filesystem::path& run);
/// Whole or not at all. Throws RecordError.
void write_slurm_jobs(const std::filesystem::path& run, const std::vector<SlurmJob>& jobs);

}  // namespace tuneval
