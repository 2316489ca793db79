#include "framework/engine/engine.h"

#include "framework/cell/run_baseline.h"
#include "framework/engine/peak_memory.h"
#include "framework/model/adapter.h"
#include "framework/model/checkpoint.h"
#include "framework/record/lease.h"
#include "framework/record/stopped.h"
#include "tuneval/error.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <new>
#include <optional>
#include <utility>

namespace tuneval {

namespace {

using Clock = std::chrono::steady_clock;

// Looking means a stat of the lease.
constexpr std::chrono::seconds kLookAtLease{1};

/// The class of an error, as records name it.
std::string kind_of(const std::exception& error) {
  if (dynamic_cast<const ManifestError*>(&error)) return "ManifestError";
  if (dynamic_cast<const PluginError*>(&error)) return "PluginError";
  if (dynamic_cast<const ConfigError*>(&error)) return "ConfigError";
  if (dynamic_cast<const CheckpointError*>(&error)) return "CheckpointError";
  if (dynamic_cast<const DataError*>(&error)) return "DataError";
  if (dynamic_cast<const TuneError*>(&error)) return "TuneError";
  if (dynamic_cast<const TeacherError*>(&error)) return "TeacherError";
  if (dynamic_cast<const RecordError*>(&error)) return "RecordError";
  return "Error";
}

/// One model's weights, loaded when the first of its cells needs them.
class ModelSlot {
 public:
  ModelSlot(const Plan& plan, const Registry& registry, RunListener& listener)
      : plan_(plan), registry_(registry), listener_(listener) {}

  LoadedModel& get(size_t index) {
    const PlannedModel& planned = plan_.models[index];
    if (!model_ || index_ != index) {
      model_.reset();
      listener_.model_loading(planned);
      const auto& options = planned.entry.options;
      model_ = load_model(registry_, planned.entry.path,
                          {plan_.manifest.device, options.value("dtype", plan_.manifest.dtype),
                           options.value("chat", nlohmann::ordered_json::object())});
      index_ = index;
    } else if (plan_.manifest.tuning.adapter == "lora") {
      detach_adapters(*model_->lm);  // the last cell's
    } else {
      load_weights(*model_->lm, Checkpoint(model_->folder),
                   model_->family->weight_map(model_->config));
    }
    return *model_;
  }
  void drop() { model_.reset(); }

 private:
  const Plan& plan_;
  const Registry& registry_;
  RunListener& listener_;
  std::optional<LoadedModel> model_;
  size_t index_ = 0;
};

/// Another process took the cell over that this one was thought dead with.
class LeaseLost : public Stopped {};

/// Runs cells, each to its edge: whatever goes wrong in one becomes its failed record.
class CellRunner {
 public:
  CellRunner(const Plan& plan, const Registry& registry, const RecordStore& store,
             RunListener& listener, const CellsOptions& options)
      : plan_(plan),
        registry_(registry),
        store_(store),
        listener_(listener),
        stop_(options.stop),
        slot_(plan, registry, listener),
        servers_(plan.manifest, store, options.spent, options.stop) {}

  /// Runs it under its lease and counts it.
  void take(const Cell& cell, RunCounts& counts);
  bool stopped() const { return stop_ != nullptr && *stop_; }
  std::vector<ServerUse> servers() const { return servers_.uses(); }

 private:
  std::optional<CellRecord> run(const Cell& cell, const Lease& lease);
  void compute(const Cell& cell, const Lease& lease, CellRecord& record);
  void pulse(const Cell& cell, const Lease& lease);
  void write(CellRecord& record);

  const Plan& plan_;
  const Registry& registry_;
  const RecordStore& store_;
  RunListener& listener_;
  const std::atomic<bool>* const stop_;
  ModelSlot slot_;
  Servers servers_;
  Clock::time_point lease_seen_ = Clock::now();
};

void CellRunner::pulse(const Cell& cell, const Lease& lease) {
  listener_.cell_pulsed(plan_, cell);
  if (const auto now = Clock::now(); now - lease_seen_ > kLookAtLease) {
    lease_seen_ = now;
    if (lease.lost()) throw LeaseLost();
    if (needs_server(plan_, cell)) listener_.servers_asked(servers_.uses());
  }
}

void CellRunner::compute(const Cell& cell, const Lease& lease, CellRecord& record) {
  CellTools tools{registry_, store_,
                  [&](const CellProgress& at) {
                    pulse(cell, lease);
                    listener_.cell_progressed(plan_, cell, at);
                  },
                  plan_.data(cell).judged ? servers_.judge() : nullptr};
  tools.stop = stop_;
  tools.pulse = [&] { pulse(cell, lease); };
  servers_.set_pulse(tools.pulse);
  if (cell.has_model()) {
    run_cell(plan_, cell, slot_.get(cell.model), tools, record);
  } else {
    run_baseline(
        plan_, cell, tools, [&]() -> Teacher& { return servers_.teacher(); }, record);
  }
}

/// None where somebody asked to stop: the cell is as far as what it left on the disk.
std::optional<CellRecord> CellRunner::run(const Cell& cell, const Lease& lease) {
  const auto begin = Clock::now();
  const std::string started = utc_now();
  reset_peak_memory();
  CellRecord record = begin_record(plan_, cell, registry_);
  const auto fail = [&](std::string kind, std::string message) {
    record.status = "failed";
    record.error = CellError{std::move(kind), std::move(message)};
    if (cell.has_model()) slot_.drop();  // whatever state it is in
  };
  try {
    compute(cell, lease, record);
  } catch (const LeaseLost&) {
    throw;
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (const std::bad_alloc&) {
    fail("Error", "out of memory: an allocation was refused");
  } catch (const std::exception& error) {
    fail(kind_of(error), error.what());
  } catch (...) {
    fail("Error", "a plugin threw something that is no std::exception");
  }
  // What a server was not asked any more would count as an answer that it did not give.
  if (stopped() && (!record.done() || needs_server(plan_, cell))) return std::nullopt;
  record.started = started;
  record.finished = utc_now();
  record.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  record.peak_memory_bytes = peak_memory_bytes();
  return record;
}

void fail(CellRecord& record, const std::exception& error) {
  record.status = "failed";
  record.error = CellError{kind_of(error), error.what()};
}

/// Where the disk refuses, the cell has failed: its checkpoints are kept, and it is run again.
void CellRunner::write(CellRecord& record) {
  try {
    store_.write(record);
  } catch (const std::exception& error) {
    fail(record, error);
    try {
      store_.write(record);
    } catch (const std::exception&) {
      // Nor is there room for the failure: whoever listens is told of it.
    }
  }
}

void CellRunner::take(const Cell& cell, RunCounts& counts) {
  const auto hold = [&](const std::string& why) {
    ++counts.held;
    listener_.cell_held(plan_, cell, why);
  };
  try {
    const Lease lease(cell_lease_path(store_.output(), cell.id));
    if (store_.has_done(cell.id)) {  // by now
      ++counts.skipped;
      listener_.cell_skipped(plan_, cell);
      return;
    }
    listener_.cell_began(plan_, cell);
    std::optional<CellRecord> record = run(cell, lease);
    if (lease.lost()) throw LeaseLost();
    if (!record) {
      counts.stopped = true;
      return listener_.cell_stopped(plan_, cell);
    }
    write(*record);
    std::error_code ignored;  // a finished cell needs its checkpoints no more
    if (record->done()) std::filesystem::remove_all(store_.checkpoint_path(cell.id), ignored);
    ++(record->done() ? counts.done : counts.failed);
    if (record->done()) counts.ran.push_back(&cell);
    listener_.servers_asked(servers_.uses());
    listener_.cell_ended(plan_, cell, *record);
  } catch (const LeaseHeld& held) {
    hold(held.what());
  } catch (const LeaseLost&) {
    slot_.drop();
    hold("another process has taken the cell over: this one gave no sign of life for too long");
  } catch (const RecordError& error) {  // there is no room for so much as a lease
    CellRecord record = begin_record(plan_, cell, registry_);
    fail(record, error);
    ++counts.failed;
    listener_.cell_ended(plan_, cell, record);
  }
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool Only::takes(const Plan& plan, const Cell& cell) const {
  return contains(models, cell.name) && contains(tasks, plan.tasks[cell.task].entry.name);
}

std::vector<const Cell*> cells_of(const Plan& plan, const Only& only) {
  std::vector<const Cell*> cells;
  for (const Cell& cell : plan.cells) {
    if (only.takes(plan, cell)) cells.push_back(&cell);
  }
  return cells;
}

RunCounts run_cells(const Plan& plan, const Registry& registry, const RecordStore& store,
                    std::span<const Cell* const> cells, RunListener& listener,
                    const CellsOptions& options) {
  if (plan.manifest.threads > 0) at::set_num_threads(int(plan.manifest.threads));
  RunCounts counts;
  CellRunner runner(plan, registry, store, listener, options);
  for (const Cell* cell : cells) {
    if (store.has_done(cell->id)) {
      ++counts.skipped;
      listener.cell_skipped(plan, *cell);
      continue;
    }
    if (runner.stopped()) {
      counts.stopped = true;
      break;
    }
    runner.take(*cell, counts);
  }
  counts.servers = runner.servers();
  return counts;
}

RunCounts run_plan(const Plan& plan, const Registry& registry, const RecordStore& store,
                   const Only& only, RunListener& listener, const CellsOptions& options) {
  return run_cells(plan, registry, store, cells_of(plan, only), listener, options);
}

}  // namespace tuneval
