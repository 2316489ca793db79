#include "framework/engine/engine.h"

#include "framework/record/predictions.h"
#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::all_plugins;
using testing::ElementsAre;
using testing::HasSubstr;

/// Writes down what it is told, e.g. "began qwen3_tied.colours".
class Notes : public RunListener {
 public:
  std::vector<std::string> notes;
  std::vector<std::string> stages;

  void cell_skipped(const Plan& plan, const Cell& cell) override { note("skipped", plan, cell); }
  void model_loading(const PlannedModel& model) override {
    notes.push_back("loading " + model.entry.name);
  }
  void cell_began(const Plan& plan, const Cell& cell) override { note("began", plan, cell); }
  void cell_progressed(const Plan&, const Cell&, const CellProgress& at) override {
    if (stages.empty() || stages.back() != at.stage) stages.push_back(at.stage);
    EXPECT_LE(at.done, at.total);
    EXPECT_GT(at.tokens, 0);
  }
  void cell_ended(const Plan& plan, const Cell& cell, const CellRecord& record) override {
    note(record.status.c_str(), plan, cell);
  }

 private:
  void note(const char* what, const Plan& plan, const Cell& cell) {
    notes.push_back(fmt::format("{} {}.{}", what, cell.title(), plan.tasks[cell.task].entry.name));
  }
};

class EngineTest : public testing::Test {
 protected:
  /// Plans what `run` says and runs it; `before` comes between the two.
  RunCounts go(
      const Only& only = {}, const std::function<void()>& before = [] {}) {
    plan = make_plan(run.manifest, all_plugins());
    before();
    listener = Notes();
    return run_plan(plan, all_plugins(), store, only, listener);
  }
  CellRecord record(size_t cell) const { return store.read(plan.cells.at(cell).id); }
  static void expect_counts(const RunCounts& counts, int64_t done, int64_t skipped,
                            int64_t failed) {
    EXPECT_EQ(counts.done, done);
    EXPECT_EQ(counts.skipped, skipped);
    EXPECT_EQ(counts.failed, failed);
  }

  test::ToyRun run;
  RecordStore store{run.manifest.output};
  Plan plan;
  Notes listener;
};

TEST_F(EngineTest, ACellIsScoredTunedAndScored) {
  run.add_model("qwen3_tied");
  run.add_task("colours");
  run.manifest.tuning.checkpoint_steps = 1;
  expect_counts(go(), 1, 0, 0);
  EXPECT_THAT(listener.notes, ElementsAre("began qwen3_tied.colours", "loading qwen3_tied",
                                          "done qwen3_tied.colours"));
  EXPECT_THAT(listener.stages, ElementsAre("base", "tune", "tuned"));
  const CellRecord made = record(0);
  EXPECT_EQ(made.id, plan.cells[0].id);
  ASSERT_TRUE(made.base && made.tune && made.tuned);
  EXPECT_EQ(made.base->examples, 6);
  EXPECT_EQ(made.tuned->metrics.at(0).name, "accuracy");
  EXPECT_EQ(made.tune->examples, 9);
  EXPECT_EQ(made.task.train_rows, 12);
  EXPECT_EQ(made.device, "cpu");
  EXPECT_EQ(made.dtype, "float32");
  EXPECT_EQ(made.versions.plugins.size(), 5u);  // the family, the task type, three metrics
  EXPECT_GT(made.peak_memory_bytes, 0);
  for (const Stage stage : {Stage::base, Stage::tuned}) {
    EXPECT_EQ(read_predictions(store.predictions_path(made.id, stage)).size(), 6u);
  }
  EXPECT_EQ(run.manifest.output / made.tune->adapter, store.adapter_path(made.id));
  EXPECT_TRUE(fs::exists(store.adapter_path(made.id) / "adapter_model.safetensors"));
  EXPECT_FALSE(fs::exists(run.manifest.output / "checkpoints" / made.id));
}

TEST_F(EngineTest, AFailingCellIsRecordedAndTheRunGoesOn) {
  run.add_model("llama_smol");
  run.add_model("qwen3_tied");
  run.add_task("colours");
  const fs::path weights = run.model_folder("llama_smol") / "model.safetensors";
  const std::string kept = test::read_text(weights);
  expect_counts(go({}, [&] { test::write_text(weights, kept.substr(0, 1000)); }), 1, 0, 1);
  EXPECT_EQ(listener.notes.back(), "done qwen3_tied.colours");
  const CellRecord failed = record(0);
  EXPECT_FALSE(failed.done());
  ASSERT_TRUE(failed.error);
  EXPECT_EQ(failed.error->kind, "CheckpointError");
  EXPECT_THAT(failed.error->message, HasSubstr(weights.string()));
  EXPECT_FALSE(failed.base || failed.tune || failed.tuned);
  EXPECT_EQ(failed.model.name, "llama_smol");
  EXPECT_FALSE(failed.finished.empty());
  EXPECT_TRUE(record(1).done());

  // Mended and run again: what is done is skipped, what failed is not.
  test::write_text(weights, kept);
  expect_counts(go(), 1, 1, 0);
  EXPECT_THAT(listener.notes, ElementsAre("began llama_smol.colours", "loading llama_smol",
                                          "done llama_smol.colours", "skipped qwen3_tied.colours"));
  EXPECT_TRUE(record(0).done());
  expect_counts(go(), 0, 2, 0);
  EXPECT_THAT(listener.notes,
              ElementsAre("skipped llama_smol.colours", "skipped qwen3_tied.colours"));
}

TEST_F(EngineTest, AFailureInTuningKeepsWhatWasScoredAndTheModelIsLoadedAnew) {
  run.add_model("qwen3_tied");
  run.add_task("colours");
  run.add_task("shapes", 50);
  run.manifest.tuning.learning_rate = 1e30;
  expect_counts(go(), 0, 0, 2);
  EXPECT_THAT(listener.notes, ElementsAre("began qwen3_tied.colours", "loading qwen3_tied",
                                          "failed qwen3_tied.colours", "began qwen3_tied.shapes",
                                          "loading qwen3_tied", "failed qwen3_tied.shapes"));
  const CellRecord failed = record(0);
  EXPECT_EQ(failed.error->kind, "TuneError");
  EXPECT_THAT(failed.error->message, HasSubstr("step 3 of 6"));
  EXPECT_TRUE(failed.base);
  EXPECT_FALSE(failed.tune || failed.tuned);
}

TEST_F(EngineTest, OnlySomeCells) {
  run.add_model("llama_smol");
  run.add_model("qwen3_tied");
  run.add_task("colours");
  run.add_task("shapes", 50);
  expect_counts(go({{"qwen3_tied"}, {"shapes"}}), 1, 0, 0);
  EXPECT_EQ(listener.notes.front(), "began qwen3_tied.shapes");
  EXPECT_TRUE(store.has_done(plan.cells[3].id));
  EXPECT_FALSE(store.has_done(plan.cells[0].id));
}

/// A cell's numbers, without its times.
void expect_same_result(const CellRecord& found, const CellRecord& expected) {
  EXPECT_EQ(found.base->metrics, expected.base->metrics);
  EXPECT_EQ(found.tuned->metrics, expected.tuned->metrics);
  EXPECT_EQ(found.tune->curve, expected.tune->curve);
  EXPECT_EQ(found.tune->validation_loss, expected.tune->validation_loss);
}

class CellsOfOneModel : public EngineTest, public testing::WithParamInterface<std::string> {};

// The model stays in memory between its cells; what one taught it is gone before the next.
TEST_P(CellsOfOneModel, DoNotKnowOfEachOther) {
  run.manifest.tuning.adapter = GetParam();
  run.add_model("qwen3_tied");
  run.add_task("colours");
  run.add_task("shapes", 50);
  expect_counts(go(), 2, 0, 0);
  EXPECT_EQ(std::ranges::count(listener.notes, "loading qwen3_tied"), 1);
  const CellRecord second = record(1);

  const RecordStore alone(run.folder.path() / "alone");
  Notes notes;
  run_plan(plan, all_plugins(), alone, {{}, {"shapes"}}, notes);
  expect_same_result(second, alone.read(second.id));
  const auto rows = read_predictions(store.predictions_path(second.id, Stage::tuned));
  const auto expected = read_predictions(alone.predictions_path(second.id, Stage::tuned));
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].completion, expected[i].completion);
  if (GetParam() != "lora") return;
  const auto a = test::tensors_of(store.adapter_path(second.id) / "adapter_model.safetensors");
  const auto b = test::tensors_of(alone.adapter_path(second.id) / "adapter_model.safetensors");
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(at::equal(a[i].second, b[i].second));
}

INSTANTIATE_TEST_SUITE_P(Adapters, CellsOfOneModel, testing::Values("lora", "none"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval
