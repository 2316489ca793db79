#pragma once

#include "framework/engine/engine.h"
#include "framework/plan/plan_file.h"
#include "tuneval/error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tuneval {

/// A cell of a plan file no longer comes out of the manifest.
class PlanChanged : public ManifestError {
 public:
  using ManifestError::ManifestError;
};

/// What one process runs of a plan: `tuneval cell`.
struct WorkerOptions {
  std::vector<std::string> ids;  ///< in this order
  int events = -1;               ///< file descriptor that events are written to; −1: to nobody
  int64_t threads = 0;           ///< in place of the manifest's; 0: those
  Spent spent = {};
};

/// Makes the plan of these cells again, of the models and tasks that they need alone. Throws
/// PlanChanged where an id is not in the file or no longer comes out, what `repeat_plan` throws
/// else.
Plan plan_again(const PlanFile& file, const std::vector<std::string>& ids,
                const Registry& registry);

/// Runs cells, telling a supervisor where it stands (or, without one, standard error how each
/// ended). What is written to the process's outputs meanwhile goes to the cell's log, where it
/// stands to the cell's state. Ends when SIGTERM, SIGINT, SIGUSR1 or SIGHUP comes, within ten
/// seconds. Returns the exit code: 0 all are done, 1 some failed, 75 it was stopped.
int run_worker(const PlanFile& file, const Registry& registry, const WorkerOptions& options);

}  // namespace tuneval
