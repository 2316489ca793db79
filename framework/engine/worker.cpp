#include "framework/engine/worker.h"

#include "framework/engine/stop_signals.h"
#include "framework/engine/worker_listener.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

namespace tuneval {

namespace {

// Of the ten seconds that who asks to stop may give, a part is for the end itself.
constexpr std::chrono::milliseconds kDeadline{8500};

/// The manifest with nothing but what these cells are about.
Manifest narrowed(Manifest manifest, const std::vector<const PlanFileCell*>& cells) {
  std::set<std::string> models, tasks;
  for (const PlanFileCell* cell : cells) {
    models.insert(cell->model);
    tasks.insert(cell->task);
  }
  std::erase_if(manifest.models,
                [&](const ModelEntry& entry) { return !models.contains(entry.name); });
  std::erase_if(manifest.tasks,
                [&](const TaskEntry& entry) { return !tasks.contains(entry.name); });
  return manifest;
}

/// The first id that does not come out of a plan; null where all do.
const std::string* first_missing(const Plan& plan, const std::vector<std::string>& ids) {
  const auto is_missing = [&](const std::string& id) {
    return std::ranges::find(plan.cells, id, &Cell::id) == plan.cells.end();
  };
  const auto found = std::ranges::find_if(ids, is_missing);
  return found == ids.end() ? nullptr : &*found;
}

}  // namespace

Plan plan_again(const PlanFile& file, const std::vector<std::string>& ids,
                const Registry& registry) {
  std::vector<const PlanFileCell*> cells;
  for (const std::string& id : ids) {
    cells.push_back(file.find(id));
    if (cells.back() == nullptr) {
      throw PlanChanged(fmt::format("the plan of {} has no cell {}", file.manifest.string(), id));
    }
  }
  const Manifest manifest = manifest_of(file);
  Plan plan = repeat_plan(narrowed(manifest, cells), registry);
  if (first_missing(plan, ids) == nullptr) return plan;
  // A cell without a model may have another name where models are left out.
  plan = repeat_plan(manifest, registry);
  if (const std::string* missing = first_missing(plan, ids)) {
    throw PlanChanged(
        fmt::format("{}: the manifest or its files changed since the plan was made: "
                    "there is no cell {} any more; run it again",
                    file.manifest.string(), *missing));
  }
  return plan;
}

int run_worker(const PlanFile& file, const Registry& registry, const WorkerOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const EventWriter events(options.events);
  const StopSignals signals({.deadline = kDeadline, .second_ends = !events.is_open()});
  Plan plan = plan_again(file, options.ids, registry);
  if (options.threads > 0) plan.manifest.threads = options.threads;
  std::vector<const Cell*> cells;
  for (const std::string& id : options.ids) {
    cells.push_back(&*std::ranges::find(plan.cells, id, &Cell::id));
  }
  const RecordStore store(plan.manifest.output);
  WorkerListener listener(store.output(), events);
  const RunCounts counts = run_cells(plan, registry, store, cells, listener,
                                     {.stop = &signals.stop(), .spent = options.spent});
  if (counts.stopped) return kExitStopped;
  return counts.failed + counts.held > 0 ? 1 : 0;
}

}  // namespace tuneval
