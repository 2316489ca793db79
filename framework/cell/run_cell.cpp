#include "framework/cell/run_cell.h"

#include "framework/cell/certificate.h"
#include "framework/model/adapter.h"
#include "framework/score/score.h"
#include "framework/tune/tune.h"

#include <filesystem>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

ScoreSummary score_stage(const Plan& plan, const Cell& cell, const LoadedModel& model,
                         const CellTools& tools, Stage stage) {
  const TaskData& task = plan.data(cell);
  const Scoring& scoring = plan.manifest.scoring;
  ScoreOptions options;
  options.token_budget = scoring.token_budget;
  options.batch_size = scoring.batch_size;
  options.max_new_tokens = scoring.max_new_tokens;
  options.shots = stage == Stage::base;
  options.judge = tools.judge;
  options.progress = [&](int64_t rows, int64_t tokens) {
    tools.progress({std::string(to_string(stage)), rows, int64_t(task.test.size()), tokens, 0.0});
  };
  ScoreSet set = score(model, task, tools.registry, options);
  write_predictions(tools.store.predictions_path(cell.id, stage), set.rows);
  return set.summary;
}

fs::path checkpoint_path(const RecordStore& store, const Cell& cell) {
  return store.output() / "checkpoints" / cell.id;
}

TuneSummary tune_stage(const Plan& plan, const Cell& cell, LoadedModel& model,
                       const CellTools& tools) {
  const Recipe& recipe = plan.manifest.tuning;
  TuneOptions options;
  options.checkpoints = checkpoint_path(tools.store, cell);
  options.identity = cell.id;
  options.progress = [&](const TuneProgress& at) {
    tools.progress({"tune", at.step, at.steps, at.tokens, at.loss});
  };
  TuneSummary summary = tune(model, plan.data(cell).train, recipe, options);
  if (recipe.adapter == "lora") {
    const fs::path folder = tools.store.adapter_path(cell.id);
    save_adapter(model, {recipe.rank, recipe.alpha, recipe.dropout}, folder);
    summary.adapter = folder.lexically_relative(tools.store.output()).generic_string();
  }
  return summary;
}

Parity certify_stage(const Plan& plan, const Cell& cell, LoadedModel& model,
                     const RecordStore& store, const TuneSummary& tuned) {
  CertificateOptions options;
  if (!tuned.adapter.empty()) options.adapter = store.adapter_path(cell.id);
  return certify(model, plan.data(cell), options);
}

}  // namespace

void run_cell(const Plan& plan, const Cell& cell, LoadedModel& model, const CellTools& tools,
              CellRecord& record) {
  const auto score = [&](Stage stage) { return score_stage(plan, cell, model, tools, stage); };
  const bool base = plan.manifest.scoring.base && cell.kind == CellKind::model;
  if (base) record.base = score(Stage::base);
  record.tune = tune_stage(plan, cell, model, tools);
  record.parity = certify_stage(plan, cell, model, tools.store, *record.tune);
  record.tuned = score(Stage::tuned);
}

}  // namespace tuneval
