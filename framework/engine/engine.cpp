#include "framework/engine/engine.h"

#include "framework/cell/run_baseline.h"
#include "framework/model/adapter.h"
#include "framework/model/checkpoint.h"
#include "tuneval/error.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace tuneval {

namespace {

int64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;  // Linux counts in KiB
}

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

/// Runs cells, each to its edge: whatever goes wrong in one becomes its failed record.
class CellRunner {
 public:
  CellRunner(const Plan& plan, const Registry& registry, const RecordStore& store,
             RunListener& listener)
      : plan_(plan),
        registry_(registry),
        store_(store),
        listener_(listener),
        slot_(plan, registry, listener),
        servers_(plan.manifest, store) {}

  CellRecord run(const Cell& cell);
  std::vector<ServerUse> servers() const { return servers_.uses(); }

 private:
  void compute(const Cell& cell, CellRecord& record);

  const Plan& plan_;
  const Registry& registry_;
  const RecordStore& store_;
  RunListener& listener_;
  ModelSlot slot_;
  Servers servers_;
};

void CellRunner::compute(const Cell& cell, CellRecord& record) {
  const CellTools tools{registry_, store_,
                        [&](const CellProgress& at) { listener_.cell_progressed(plan_, cell, at); },
                        plan_.data(cell).judged ? servers_.judge() : nullptr};
  if (cell.has_model()) {
    run_cell(plan_, cell, slot_.get(cell.model), tools, record);
  } else {
    run_baseline(
        plan_, cell, tools, [&]() -> Teacher& { return servers_.teacher(); }, record);
  }
}

CellRecord CellRunner::run(const Cell& cell) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  CellRecord record = begin_record(plan_, cell, registry_);
  const auto fail = [&](std::string kind, std::string message) {
    record.status = "failed";
    record.error = CellError{std::move(kind), std::move(message)};
    if (cell.has_model()) slot_.drop();  // whatever state it is in
  };
  try {
    compute(cell, record);
  } catch (const std::exception& error) {
    fail(kind_of(error), error.what());
  } catch (...) {
    fail("Error", "a plugin threw something that is no std::exception");
  }
  record.started = started;
  record.finished = utc_now();
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  record.peak_memory_bytes = peak_memory_bytes();
  return record;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool Only::takes(const Plan& plan, const Cell& cell) const {
  return contains(models, cell.name) && contains(tasks, plan.tasks[cell.task].entry.name);
}

RunCounts run_plan(const Plan& plan, const Registry& registry, const RecordStore& store,
                   const Only& only, RunListener& listener) {
  if (plan.manifest.threads > 0) at::set_num_threads(int(plan.manifest.threads));
  RunCounts counts;
  CellRunner runner(plan, registry, store, listener);
  for (const Cell& cell : plan.cells) {
    if (!only.takes(plan, cell)) continue;
    if (store.has_done(cell.id)) {
      ++counts.skipped;
      listener.cell_skipped(plan, cell);
      continue;
    }
    listener.cell_began(plan, cell);
    const CellRecord record = runner.run(cell);
    store.write(record);
    std::error_code ignored;  // a finished cell needs its checkpoints no more
    if (record.done())
      std::filesystem::remove_all(store.output() / "checkpoints" / cell.id, ignored);
    ++(record.done() ? counts.done : counts.failed);
    listener.cell_ended(plan, cell, record);
  }
  counts.servers = runner.servers();
  return counts;
}

}  // namespace tuneval
