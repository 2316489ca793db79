#include "framework/cell/run_cell.h"

#include "framework/cell/certificate.h"
#include "framework/cell/energy.h"
#include "framework/model/adapter.h"
#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "framework/record/stopped.h"
#include "framework/score/score.h"
#include "framework/tune/tune.h"
#include "tuneval/error.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

/// Runs a stage; what it gives is told the energy that it took.
template <class Run>
auto metered(EnergyMeter& meter, const Run& run) {
  const std::optional<double> before = meter.joules();
  auto result = run();
  const std::optional<double> after = meter.joules();
  if (before && after) result.energy_joules = *after - *before;
  return result;
}

/// Notes what a cell took, also where it fails.
struct EnergyNote {
  EnergyMeter& meter;
  CellRecord& record;

  ~EnergyNote() { record.energy_joules = meter.joules(); }
};

ScoreOptions score_options(const Scoring& scoring) {
  ScoreOptions options;
  options.token_budget = scoring.token_budget;
  options.batch_size = scoring.batch_size;
  options.max_new_tokens = scoring.max_new_tokens;
  return options;
}

ScoreSummary score_stage(const Plan& plan, const Cell& cell, const LoadedModel& model,
                         const CellTools& tools, Stage stage) {
  const TaskData& task = plan.data(cell);
  ScoreOptions options = score_options(plan.manifest.scoring);
  options.shots = stage == Stage::base;
  options.judge = tools.judge;
  options.pulse = tools.pulse;
  options.progress = [&](int64_t rows, int64_t tokens) {
    tools.pulse();
    tools.progress({std::string(to_string(stage)), rows, int64_t(task.test.size()), tokens, 0.0});
  };
  ScoreSet set = score(model, task, tools.registry, options);
  write_predictions(tools.store.predictions_path(cell.id, stage), set.rows);
  return set.summary;
}

fs::path checkpoint_path(const RecordStore& store, const Cell& cell) {
  return store.checkpoint_path(cell.id);
}

/// The headline over rows held out, asked while tuning. A judge is not: its verdicts cost.
std::optional<double> held_out_score(const Plan& plan, const Cell& cell, const LoadedModel& model,
                                     const CellTools& tools, const std::vector<Example>& rows) {
  TaskData held_out = plan.data(cell);
  held_out.train.clear();
  held_out.test = rows;
  ScoreOptions options = score_options(plan.manifest.scoring);
  options.pulse = tools.pulse;
  options.progress = [&](int64_t done, int64_t tokens) {
    tools.pulse();
    tools.progress({"curve", done, int64_t(rows.size()), tokens, 0.0});
  };
  const ScoreSet set = score(model, held_out, tools.registry, options);
  const MetricValue& headline = set.summary.metrics.at(0);
  return headline.scored > 0 ? std::optional(headline.value) : std::nullopt;
}

/// Without hidden files: an attempt that was killed may have left what it had not finished.
int64_t folder_bytes(const fs::path& folder) {
  int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool hidden = entry.path().filename().string().starts_with('.');
    if (!hidden && entry.is_regular_file()) bytes += int64_t(entry.file_size());
  }
  return bytes;
}

/// Where a cell's base score waits for its end: a record that is not finished.
fs::path unfinished_path(const RecordStore& store, const Cell& cell) {
  return checkpoint_path(store, cell) / "unfinished.json";
}

void keep_unfinished(const RecordStore& store, const Cell& cell, CellRecord record) {
  record.status = "failed";
  record.error = CellError{"Unfinished", "the cell has not ended"};
  write_file_atomically(unfinished_path(store, cell), json_text(to_json(record), -1) + "\n");
}

/// The base score that an earlier attempt at the cell came to, if one did.
std::optional<ScoreSummary> kept_base(const RecordStore& store, const Cell& cell) {
  const fs::path file = unfinished_path(store, cell);
  std::error_code problem;
  if (!fs::exists(file, problem)) return std::nullopt;
  if (!fs::exists(store.predictions_path(cell.id, Stage::base), problem)) return std::nullopt;
  try {
    CellRecord record = parse_record(read_whole_file(file), file.string());
    if (record.id == cell.id) return std::move(record.base);
  } catch (const RecordError&) {
    // Damaged, or another version's: it is scored again.
  }
  return std::nullopt;
}

TuneSummary tune_stage(const Plan& plan, const Cell& cell, LoadedModel& model,
                       const CellTools& tools) {
  const Recipe recipe = plan.recipe(cell);
  TuneOptions options;
  options.checkpoints = checkpoint_path(tools.store, cell);
  options.identity = cell.id;
  options.stop = tools.stop;
  options.pulse = tools.pulse;
  options.progress = [&](const TuneProgress& at) {
    tools.progress({"tune", at.step, at.steps, at.tokens, at.loss});
  };
  if (plan.manifest.scoring.curve) {
    options.score = [&](const LoadedModel& now, const std::vector<Example>& rows) {
      return held_out_score(plan, cell, now, tools, rows);
    };
  }
  TuneSummary summary = tune(model, plan.data(cell).train, recipe, options);
  if (recipe.adapter == "lora") {
    const fs::path folder = tools.store.adapter_path(cell.id);
    save_adapter(model, {recipe.rank, recipe.alpha, recipe.dropout}, folder);
    summary.adapter = folder.lexically_relative(tools.store.output()).generic_string();
    summary.adapter_bytes = folder_bytes(folder);
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
  EnergyMeter meter(energy_counters(plan.manifest.device));
  const EnergyNote note{meter, record};
  CellTools watched = tools;
  watched.progress = [&](const CellProgress& at) {
    meter.look();
    tools.progress(at);
  };
  watched.pulse = [&] {
    if (tools.pulse) tools.pulse();
    if (tools.stop && *tools.stop) throw Stopped();
  };
  const auto score = [&](Stage stage) {
    return metered(meter, [&] { return score_stage(plan, cell, model, watched, stage); });
  };
  if (plan.manifest.scoring.base && cell.scores_base()) {
    record.base = kept_base(tools.store, cell);
    if (!record.base) {
      record.base = score(Stage::base);
      keep_unfinished(tools.store, cell, record);
    }
  }
  record.tune = metered(meter, [&] { return tune_stage(plan, cell, model, watched); });
  watched.pulse();
  record.parity = certify_stage(plan, cell, model, tools.store, *record.tune);
  record.tuned = score(Stage::tuned);
}

}  // namespace tuneval
