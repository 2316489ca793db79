#pragma once

#include "framework/engine/engine.h"
#include "framework/engine/machine.h"
#include "framework/manifest/engine_options.h"

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// What workers are started by and watched with.
struct SupervisorOptions {
  EngineOptions engine;
  std::filesystem::path plan_file;
  Machine machine;
  /// The program and what its arguments begin with; tests have their own. `--plan FILE --threads N
  /// --id ID … --events FD` follow.
  std::string program = "/proc/self/exe";
  std::vector<std::string> arguments = {"cell"};
  std::chrono::milliseconds grace{10000};  ///< from SIGTERM to SIGKILL
};

/// What a supervised run came to.
struct Supervised {
  RunCounts counts;
  int signal = 0;  ///< that ended it early; 0: none did
};

/// Runs these cells of the plan in worker processes, `jobs` of them at once as far as their
/// expected memory allows. One that dies, hangs or takes too long fails the cell that it was at,
/// with a record that says why, and another goes on with what it had left; where a cell may be
/// tried again, it is. Cells that ask a server are with one worker at a time.
///
/// SIGINT, SIGTERM and SIGHUP stop it: workers save what they are at and end, at the second signal
/// or after `grace` at once. They die with this process too, whatever ends it.
Supervised supervise(const Plan& plan, const Registry& registry, const RecordStore& store,
                     std::span<const Cell* const> cells, RunListener& listener,
                     const SupervisorOptions& options);

}  // namespace tuneval
