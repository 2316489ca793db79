#pragma once

#include "framework/scheduler/node_facts.h"
#include "tuneval/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tuneval {

/// What keeps a run from being queued, asked about or cancelled: no scheduler here, or one that
/// does not answer; a partition that there is not; nodes that do not see the run folder.
class SchedulerError : public Error {
 public:
  using Error::Error;
};

/// Cells that one process computes one after the other on one machine.
struct ScheduledTask {
  std::string title;               ///< as lists show it: a model's name, or a cell's id
  std::vector<std::string> cells;  ///< ids, in order; never empty
  int64_t memory_bytes = 0;        ///< its peak, as estimated; 0: nobody knows
};

/// A run to be queued. Its folder holds plan.json already.
struct Submission {
  std::filesystem::path run;                ///< absolute, on a file system that nodes share
  std::string name;                         ///< the manifest's
  std::vector<ScheduledTask> tasks;         ///< never empty
  std::filesystem::path program;            ///< tuneval on the nodes, absolute
  std::vector<std::string> plugins;         ///< further folders or files of them, absolute
  std::vector<std::string> report_options;  ///< further ones of `tuneval report`
  NodeFacts expected;                       ///< what every node has to have
  /// Seconds to wait for one node to say that all is as expected, before anything is queued. 0: no
  /// node is asked.
  int64_t probe_seconds = 120;
};

struct Submitted {
  std::string job, report_job;     ///< as the scheduler calls them
  std::vector<std::string> notes;  ///< what the runner should know; one a sentence
};

/// Where the scheduler has a cell.
struct QueueState {
  enum class Phase { queued, running, ended };
  Phase phase = Phase::ended;
  std::string text;  ///< "queued (Resources)", "running on n1", "ended: TIMEOUT on n1"

  bool active() const { return phase != Phase::ended; }
};

/// By the cell's id; cells that were never queued are not in it.
using QueueStates = std::map<std::string, QueueState>;

/// A way to compute a run's cells on many machines. What was queued is kept in the run folder, so
/// that another process can ask about it or cancel it. Cells write their records themselves; a
/// scheduler knows only where they are.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// Queues all tasks, and a report behind them. What keeps it from running (no scheduler, an
  /// unknown partition, a folder that nodes do not see) throws SchedulerError before anything is
  /// queued.
  virtual Submitted submit(const Submission& submission) = 0;
  /// Where the cells of all submissions of a run are, the last one of each. Throws SchedulerError
  /// when the scheduler does not answer.
  virtual QueueStates status(const std::filesystem::path& run) = 0;
  /// Takes what is queued or running off. Returns how many tasks that were; the report does not
  /// count. Running ones are told to stop and leave a checkpoint.
  virtual int64_t cancel(const std::filesystem::path& run) = 0;
};

}  // namespace tuneval
