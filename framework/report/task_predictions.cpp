#include "framework/report/task_predictions.h"

#include "framework/report/comparison_sections.h"
#include "tuneval/error.h"

#include <algorithm>
#include <filesystem>

namespace tuneval {

const StagePredictions* TaskPredictions::find(const std::string& id, Stage stage) const {
  const auto found = std::ranges::find_if(
      stages, [&](const StagePredictions& one) { return one.id == id && one.stage == stage; });
  return found == stages.end() ? nullptr : &*found;
}

TaskPredictions read_task_predictions(const TaskSummary& task, const RecordStore& store,
                                      std::vector<std::string>& faults) {
  TaskPredictions predictions{task.name, {}};
  const auto read = [&](const std::string& id, const std::string& model, Stage stage) {
    if (id.empty()) return;
    const std::filesystem::path file = store.predictions_path(id, stage);
    if (!std::filesystem::exists(file)) return;
    try {
      std::vector<PredictionRow> rows = read_predictions(file);
      std::ranges::stable_sort(rows, {}, &PredictionRow::index);
      predictions.stages.push_back({id, model, stage, std::move(rows)});
    } catch (const RecordError& error) {
      faults.push_back(error.what());
    }
  };
  const auto read_both = [&](const std::string& id, const std::string& model) {
    read(id, model, Stage::base);
    read(id, model, Stage::tuned);
  };
  for (const CellSummary& cell : task.cells) read_both(cell.id, cell.model);
  for (const BaselineSummary& one : task.baselines) read_both(one.id, title_of(one));
  return predictions;
}

}  // namespace tuneval
