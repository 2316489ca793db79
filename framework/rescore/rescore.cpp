#include "framework/rescore/rescore.h"

#include "framework/rescore/rescore_cell.h"
#include "framework/rescore/scored_task.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <exception>
#include <map>
#include <set>
#include <utility>

namespace tuneval {

namespace {

/// All cells of a run; a task that several of them share is read once.
class RunWork {
 public:
  RunWork(const RecordStore& store, const Registry& registry, const RescoreOptions& options)
      : store_(store), registry_(registry), options_(options) {}

  RescoredCell rescore(const CellRecord& record) {
    const StageRows rows = read_rows_of(record);
    const TaskData& task = task_of(record, rows.rbegin()->second);
    for (const auto& [stage, old] : rows) {
      check_rows(old, task.test, store_.predictions_path(record.id, stage));
    }
    return write(record, rescore_cell(registry_, options_, task, record, rows));
  }

 private:
  StageRows read_rows_of(const CellRecord& record) const {
    StageRows rows;
    const auto read = [&](Stage stage) {
      rows[stage] = read_predictions(store_.predictions_path(record.id, stage));
    };
    if (record.base) read(Stage::base);
    if (record.tuned) read(Stage::tuned);
    if (rows.empty()) throw RecordError("it has no score");
    return rows;
  }

  const TaskData& task_of(const CellRecord& record, std::span<const PredictionRow> rows) {
    const TaskFacts& facts = record.task;
    const std::string folder = options_.pack.empty() ? facts.pack : options_.pack.string();
    const auto key = std::pair(folder, facts.hash);
    auto found = tasks_.find(key);
    if (found == tasks_.end()) {
      TaskData task = read_scored_task(registry_, facts, folder, rows, record.kind);
      found = tasks_.emplace(key, std::move(task)).first;
    }
    return found->second;
  }

  /// The record first: cut off between the files, the next call still sees from the old predictions
  /// that answers are read otherwise. Until all are written it says nothing of them, as they would
  /// not be what it says.
  RescoredCell write(const CellRecord& record, CellScores scores) const {
    RescoredCell cell{record, {}};
    cell.record.rescored = std::move(scores.mark);
    for (StageScores& stage : scores.stages) {
      (stage.result.stage == Stage::base ? cell.record.base : cell.record.tuned) = stage.result.now;
      cell.stages.push_back(std::move(stage.result));
    }
    store_.write(cell.record, Seal::record_alone);
    for (size_t i = 0; i < scores.stages.size(); ++i) {
      write_predictions(store_.predictions_path(record.id, cell.stages[i].stage),
                        scores.stages[i].rows);
    }
    store_.write(cell.record);
    return cell;
  }

  const RecordStore& store_;
  const Registry& registry_;
  const RescoreOptions& options_;
  std::map<std::pair<std::string, std::string>, TaskData> tasks_;  ///< by folder and hash
};

/// The done cells that are asked for.
std::vector<CellRecord> choose(const RecordStore& store, std::vector<CellRecord> records,
                               const RescoreOptions& options) {
  std::erase_if(records, [](const CellRecord& record) { return !record.done(); });
  const auto keep = [&](const std::string& asked, const char* kind, const auto& name_of) {
    std::set<std::string> there;
    for (const CellRecord& record : records) there.insert(name_of(record));
    if (!asked.empty() && !there.empty() && !there.contains(asked)) {
      throw RecordError(fmt::format("{}: no done cell has {} \"{}\": expected one of {}",
                                    store.output().string(), kind, asked, fmt::join(there, ", ")));
    }
    std::erase_if(records, [&](const CellRecord& record) {
      return !asked.empty() && name_of(record) != asked;
    });
  };
  keep(options.model, "model", [](const CellRecord& record) { return record.model.name; });
  keep(options.task, "task", [](const CellRecord& record) { return record.task.name; });
  return records;
}

/// Throws PluginError with the names that there are.
void check_metrics(const Registry& registry, const RescoreOptions& options) {
  std::vector<std::string> names = options.metrics;
  if (!options.headline.empty()) names.push_back(options.headline);
  for (const std::string& name : names) {
    if (!registry.has_metric(name)) registry.make_metric(name);
  }
}

}  // namespace

Rescored rescore(const RecordStore& store, const Registry& registry,
                 const RescoreOptions& options) {
  check_metrics(registry, options);
  StoredRecords stored = store.read_all();
  Rescored result{{}, std::move(stored.faults)};
  RunWork run(store, registry, options);
  const std::vector<CellRecord> records = choose(store, std::move(stored.records), options);
  if (records.empty() && result.faults.empty()) {
    throw RecordError(fmt::format("{}: no done cell: expected a run folder with records/*.json",
                                  store.output().string()));
  }
  for (const CellRecord& record : records) {
    try {
      result.cells.push_back(run.rescore(record));
    } catch (const std::exception& error) {
      result.faults.push_back(fmt::format("{}: not scored again: {}", record.id, error.what()));
    }
  }
  return result;
}

}  // namespace tuneval
