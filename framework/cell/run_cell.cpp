#include "framework/cell/run_cell.h"

#include "framework/cell/certificate.h"
#include "framework/model/adapter.h"
#include "framework/score/score.h"
#include "framework/tune/tune.h"

#include <filesystem>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

using Progress = std::function<void(const CellProgress&)>;

ScoreSummary score_stage(const Plan& plan, const Cell& cell, const LoadedModel& model,
                         const Registry& registry, const RecordStore& store, Stage stage,
                         const Progress& progress) {
  const TaskData& task = plan.tasks[cell.task].data;
  const Scoring& scoring = plan.manifest.scoring;
  ScoreOptions options;
  options.token_budget = scoring.token_budget;
  options.batch_size = scoring.batch_size;
  options.max_new_tokens = scoring.max_new_tokens;
  options.shots = stage == Stage::base;
  options.progress = [&](int64_t rows, int64_t tokens) {
    progress({std::string(to_string(stage)), rows, int64_t(task.test.size()), tokens, 0.0});
  };
  ScoreSet set = score(model, task, registry, options);
  write_predictions(store.predictions_path(cell.id, stage), set.rows);
  return set.summary;
}

fs::path checkpoint_path(const RecordStore& store, const Cell& cell) {
  return store.output() / "checkpoints" / cell.id;
}

TuneSummary tune_stage(const Plan& plan, const Cell& cell, LoadedModel& model,
                       const RecordStore& store, const Progress& progress) {
  const Recipe& recipe = plan.manifest.tuning;
  TuneOptions options;
  options.checkpoints = checkpoint_path(store, cell);
  options.identity = cell.id;
  options.progress = [&](const TuneProgress& at) {
    progress({"tune", at.step, at.steps, at.tokens, at.loss});
  };
  TuneSummary summary = tune(model, plan.tasks[cell.task].data.train, recipe, options);
  if (recipe.adapter == "lora") {
    const fs::path folder = store.adapter_path(cell.id);
    save_adapter(model, {recipe.rank, recipe.alpha, recipe.dropout}, folder);
    summary.adapter = folder.lexically_relative(store.output()).generic_string();
  }
  return summary;
}

Parity certify_stage(const Plan& plan, const Cell& cell, LoadedModel& model,
                     const RecordStore& store, const TuneSummary& tuned) {
  CertificateOptions options;
  if (!tuned.adapter.empty()) options.adapter = store.adapter_path(cell.id);
  return certify(model, plan.tasks[cell.task].data, options);
}

}  // namespace

void run_cell(const Plan& plan, const Cell& cell, LoadedModel& model, const Registry& registry,
              const RecordStore& store, const Progress& progress, CellRecord& record) {
  const auto score = [&](Stage stage) {
    return score_stage(plan, cell, model, registry, store, stage, progress);
  };
  if (plan.manifest.scoring.base) record.base = score(Stage::base);
  record.tune = tune_stage(plan, cell, model, store, progress);
  record.parity = certify_stage(plan, cell, model, store, *record.tune);
  record.tuned = score(Stage::tuned);
}

}  // namespace tuneval
