#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What Slurm's programs print, read strictly: a line of another form throws SchedulerError that
/// shows it. The formats asked for stand beside the readers, so that the two cannot part.

/// `sbatch --parsable`: "12", or "12;cluster" → "12".
std::string read_job_id(std::string_view out);

struct SlurmPartition {
  std::string name;
  bool is_default = false, up = true;
  std::optional<int64_t> minutes;  ///< its longest time limit; none: no limit
};
inline constexpr const char* kPartitionFormat = "--format=%P|%a|%l";
/// `sinfo --noheader` of that format.
std::vector<SlurmPartition> read_partitions(std::string_view out);

/// One task of an array, or a job that is none.
struct SlurmTask {
  std::string job;                 ///< id of the array
  std::optional<int64_t> index;    ///< none: the job is no array
  std::string state;               ///< "PENDING", "RUNNING", "COMPLETED", "NODE_FAIL", …
  std::string reason, nodes = {};  ///< why it waits, where it runs; maybe empty

  /// Whether it is still to run, runs, or is about to end.
  bool active() const;
  /// Whether it waits for a machine.
  bool waits() const;
};
inline constexpr const char* kQueueFormat = "--format=%F|%K|%T|%r|%N";
/// `squeue --noheader --array --states=all` of that format.
std::vector<SlurmTask> read_queue(std::string_view out);

inline constexpr const char* kAccountingFormat = "--format=JobID,State,NodeList";
/// `sacct --noheader --parsable2 --allocations --array` of that format.
std::vector<SlurmTask> read_accounting(std::string_view out);

/// The value of a key of `scontrol show config`; none where it has no such line.
std::optional<std::string> config_value(std::string_view config, std::string_view key);

}  // namespace tuneval
