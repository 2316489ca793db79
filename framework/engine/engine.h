#pragma once

#include "framework/cell/run_cell.h"
#include "framework/engine/servers.h"
#include "framework/plan/plan.h"
#include "framework/record/store.h"

#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// Told of what happens, in order. All calls come from the thread that runs the cells.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void cell_skipped(const Plan&, const Cell&) {}  ///< its record is there
  virtual void model_loading(const PlannedModel&) {}
  virtual void cell_began(const Plan&, const Cell&) {}
  virtual void cell_progressed(const Plan&, const Cell&, const CellProgress&) {}
  virtual void cell_ended(const Plan&, const Cell&, const CellRecord&) {}
};

/// Which cells to run: empty lists mean all. A cell without a model goes by its own name; a model's
/// takes its seed-only cells too.
struct Only {
  std::vector<std::string> models, tasks;

  bool takes(const Plan& plan, const Cell& cell) const;
};

struct RunCounts {
  int64_t done = 0, skipped = 0, failed = 0;
  std::vector<ServerUse> servers = {};  ///< that were needed
};

/// Runs the plan's cells one after the other in this process, each model's weights loaded once. A
/// cell whose record is there is skipped; one that fails gets a record saying why, and the run goes
/// on.
RunCounts run_plan(const Plan& plan, const Registry& registry, const RecordStore& store,
                   const Only& only, RunListener& listener);

}  // namespace tuneval
