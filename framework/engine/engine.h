#pragma once

#include "framework/cell/run_cell.h"
#include "framework/engine/servers.h"
#include "framework/plan/plan.h"
#include "framework/record/store.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// Told of what happens, in order; with several workers, of several cells in turns. All calls come
/// from the thread that called `run_cells` or `supervise`.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void cell_skipped(const Plan&, const Cell&) {}  ///< its record is there
  virtual void model_loading(const PlannedModel&) {}
  virtual void cell_began(const Plan&, const Cell&) {}  ///< once an attempt
  virtual void cell_progressed(const Plan&, const Cell&, const CellProgress&) {}
  virtual void cell_pulsed(const Plan&, const Cell&) {}  ///< a sign of life between these
  virtual void cell_ended(const Plan&, const Cell&, const CellRecord&) {}
  virtual void cell_stopped(const Plan&, const Cell&) {}  ///< as asked, without a record
  /// Another process runs it, or has taken it over: nothing is written here.
  virtual void cell_held(const Plan&, const Cell&, const std::string& why) { (void)why; }
  /// An attempt failed, and another one will follow.
  virtual void cell_retried(const Plan&, const Cell&, const std::string& why) { (void)why; }
  virtual void servers_asked(const std::vector<ServerUse>&) {}  ///< so far; while they are used
};

/// Which cells to run: empty lists mean all. A cell without a model goes by its own name; a model's
/// takes its seed-only cells too.
struct Only {
  std::vector<std::string> models, tasks;

  bool takes(const Plan& plan, const Cell& cell) const;
};

struct RunCounts {
  int64_t done = 0, skipped = 0, failed = 0;
  int64_t held = 0;                     ///< that another process runs
  bool stopped = false;                 ///< somebody asked to stop before the end
  std::vector<ServerUse> servers = {};  ///< that were needed
  std::vector<const Cell*> ran = {};    ///< the cells that are done now, and were not before
};

/// What cells are run with beside the plan.
struct CellsOptions {
  const std::atomic<bool>* stop = nullptr;  ///< set by who wants the run to end; null: nobody does
  Spent spent = {};                         ///< before, of the servers' limits
};

/// Runs these cells of the plan one after the other in this process; a model's weights are loaded
/// once where its cells stand together. A cell whose record is there is skipped; one that fails
/// gets a record saying why, and the run goes on. While a cell runs, this process holds its lease.
RunCounts run_cells(const Plan& plan, const Registry& registry, const RecordStore& store,
                    std::span<const Cell* const> cells, RunListener& listener,
                    const CellsOptions& options = {});

/// The same for all of the plan's cells that `only` takes.
RunCounts run_plan(const Plan& plan, const Registry& registry, const RecordStore& store,
                   const Only& only, RunListener& listener, const CellsOptions& options = {});

/// The cells that `only` takes, in the plan's order.
std::vector<const Cell*> cells_of(const Plan& plan, const Only& only);

}  // namespace tuneval
