#include "framework/plan/calibration.h"
#include "framework/plan/estimate_check.h"
#include "framework/plan/resources.h"
#include "tests/support/toy_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace tuneval {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t kMiB = int64_t{1} << 20;

/// The shape of SmolLM2-135M with the benchmark's adapter, as docs/benchmarks.md has it.
ModelCosts smollm() {
  ModelCosts costs;
  costs.parameters = 134515008;
  costs.vocabulary = 49152;
  costs.width = 576;
  costs.layers = 30;
  costs.body = costs.parameters - costs.vocabulary * costs.width;
  costs.adapter = 19537920;
  costs.adapted = 106168320;
  costs.activation_bytes = 760320;
  costs.cache_bytes = 46080;
  costs.weight_bytes = costs.load_bytes = 2 * costs.parameters;
  return costs;
}

Manifest measured_with(const std::string& recompute) {
  Manifest manifest;
  manifest.tuning.recompute = recompute;
  manifest.tuning.validation_ratio = 0;
  return manifest;
}

struct Measured {
  const char* recompute;
  int64_t tokens, mib;  ///< of the largest batch; peak resident set
};

/// Peaks of bench/results/2026-11-26-6.json: a step of Banking77, and one long row.
TEST(EstimateTest, PeaksOfTheBenchmarkAreMetWithinATenth) {
  for (const Measured& measured : {Measured{"auto", 1118, 1009}, Measured{"never", 1118, 1545},
                                   Measured{"auto", 2047, 1031}, Measured{"never", 2047, 2205}}) {
    RowSizes rows;
    rows.tune_batch = measured.tokens;
    const int64_t found = peak_memory(smollm(), measured_with(measured.recompute), rows) / kMiB;
    EXPECT_NEAR(double(found), double(measured.mib), 0.1 * double(measured.mib))
        << measured.recompute << " " << measured.tokens;
  }
}

TEST(EstimateTest, MemoryGrowsWithWhatIsHeld) {
  RowSizes rows;
  rows.tune_batch = 1118;
  const Manifest manifest = measured_with("never");
  const int64_t before = peak_memory(smollm(), manifest, rows);
  Manifest validated = manifest;
  validated.tuning.validation_ratio = 0.2;  // the best weights are kept
  EXPECT_EQ(peak_memory(smollm(), validated, rows) - before, 4 * smollm().adapter);
  Manifest whole = manifest;
  whole.tuning.adapter = "none";
  EXPECT_GT(peak_memory(smollm(), whole, rows), before);
  rows.prompts = 1000;
  rows.distinct = 700 * 1000;
  rows.prompt = 1000;
  rows.answer = 512;
  EXPECT_GT(peak_memory(smollm(), manifest, rows), before + 1000 * kMiB);
}

TEST(EstimateTest, TheDiskHoldsPredictionsAdapterAndTwoCheckpoints) {
  RowSizes rows;
  rows.stages = 2;
  rows.prompt_bytes = 1000;
  rows.answer_bytes = 100;
  const int64_t adapter = 4 * smollm().adapter;
  const Manifest manifest = measured_with("auto");
  EXPECT_EQ(disk_use(smollm(), manifest.tuning, rows), 2 * 1300 + adapter + 2 * 3 * adapter);
  Recipe whole = manifest.tuning;
  whole.adapter = "none";  // no adapter is kept
  EXPECT_EQ(disk_use(smollm(), whole, rows), 2 * 1300 + 2 * 3 * 4 * smollm().parameters);
}

TEST(EstimateTest, SecondsFollowWorkRatesAndShares) {
  CellEstimate work;
  work.tune_flops = 274e9;  // the share that recompute = "auto" reaches
  const Calibration machine{1e12, 1e9};
  Recipe recipe;
  EXPECT_NEAR(estimate_seconds(work, smollm(), recipe, machine), 1.0, 1e-9);
  EXPECT_NEAR(estimate_seconds(work, smollm(), recipe, {2e12, 1e9}), 0.5, 1e-9);
  recipe.recompute = "always";
  EXPECT_GT(estimate_seconds(work, smollm(), recipe, machine), 1.0);
  recipe.recompute = "never";
  EXPECT_LT(estimate_seconds(work, smollm(), recipe, machine), 1.0);
  work.tune_flops = 0;
  work.decode_tokens = work.decode_passes = 10;  // the weights are read once a pass
  EXPECT_NEAR(estimate_seconds(work, smollm(), recipe, machine), 10 * 0.269030016, 1e-9);
  EXPECT_EQ(estimate_seconds(work, smollm(), recipe, {}), 0.0);
}

class PlannedEstimateTest : public testing::Test {
 protected:
  PlannedEstimateTest() {
    run.add_model("qwen3_tied");
    run.add_task("colours");
    run.manifest.tuning.validation_ratio = 0;
  }
  Plan plan() const { return make_plan(run.manifest, test::all_plugins()); }

  test::ToyRun run;
};

TEST_F(PlannedEstimateTest, WorkIsThatOfTheLayersAndOfWhatTheVocabularyIsAskedFor) {
  const Plan made = plan();
  const ModelCosts& model = made.models[0].costs;
  const double vocabulary = double(model.vocabulary) * double(model.width);
  EXPECT_EQ(model.parameters, model.body + model.vocabulary * model.width);  // tied
  int64_t learnt = 0;
  for (const Example& example : made.tasks[0].data.train) {
    const TokenizedExample row = tokenize(*made.models[0].text, example);
    learnt += int64_t(row.ids.size()) - row.prompt_length;
  }
  std::set<std::vector<int64_t>> prompts;
  for (const Example& example : made.tasks[0].data.test) {
    prompts.insert(prompt_ids(*made.models[0].text, example));
  }
  const CellEstimate& estimate = made.cells[0].estimate;
  const double body = double(model.body), adapter = double(model.adapter);
  EXPECT_DOUBLE_EQ(estimate.tune_flops,
                   2.0 * double(estimate.tune_computed) * (2 * body + 3 * adapter) +
                       4.0 * 2 * double(learnt) * vocabulary);
  EXPECT_DOUBLE_EQ(estimate.forward_flops,
                   2 * (2.0 * double(estimate.score_computed) * (body + adapter) +
                        2.0 * double(prompts.size()) * vocabulary));
  EXPECT_DOUBLE_EQ(estimate.flops, estimate.tune_flops + estimate.forward_flops);
  EXPECT_GE(estimate.decode_tokens, 2 * int64_t(prompts.size()));
}

TEST_F(PlannedEstimateTest, ValidationAndTheLearningCurveCost) {
  const CellEstimate plain = plan().cells[0].estimate;
  run.manifest.tuning.validation_ratio = 0.25;
  const CellEstimate validated = plan().cells[0].estimate;
  EXPECT_GT(validated.forward_flops, plain.forward_flops);
  EXPECT_LT(validated.tune_flops, plain.tune_flops);
  run.manifest.scoring.curve = true;
  const CellEstimate curve = plan().cells[0].estimate;
  EXPECT_GT(curve.forward_flops, validated.forward_flops);
  EXPECT_GT(curve.decode_tokens, validated.decode_tokens);
}

TEST_F(PlannedEstimateTest, WeightsThatCannotBeReadAreTheCellsMatter) {
  const CellEstimate before = plan().cells[0].estimate;
  test::write_text(run.model_folder("qwen3_tied") / "model.safetensors", "no weights");
  const CellEstimate after = plan().cells[0].estimate;
  EXPECT_GT(after.peak_memory_bytes, 0);
  EXPECT_EQ(after.flops, before.flops);
}

TEST_F(PlannedEstimateTest, ThisMachineHasARate) {
  Plan made = plan();
  EXPECT_EQ(made.cells[0].estimate.seconds, 0.0);
  const Calibration machine = calibrate(made);
  EXPECT_GT(machine.flops_per_second, 0.0);
  EXPECT_GT(machine.bytes_per_second, 0.0);
  fill_times(made, machine);
  EXPECT_GT(made.cells[0].estimate.seconds, 0.0);
}

CellRecord done(const std::string& id, double seconds, int64_t bytes) {
  CellRecord record;
  record.id = id;
  record.device = "cpu";
  record.seconds = seconds;
  record.peak_memory_bytes = bytes;
  return record;
}

TEST(EstimateCheckTest, DoneCellsStandBesideWhatWasExpected) {
  CellEstimate expected;
  expected.flops = 1;
  expected.seconds = 10;
  expected.peak_memory_bytes = 100;
  const EstimatesById estimates = {{"a", expected}, {"b", expected}, {"c", {}}, {"d", expected}};
  CellRecord failed = done("b", 5, 5);
  failed.status = "failed";
  CellRecord on_gpu = done("d", 40, 90);
  on_gpu.device = "cuda";
  const std::vector<CellRecord> records = {done("a", 20, 90), failed, done("c", 1, 1),
                                           done("stranger", 1, 1), on_gpu};
  const std::vector<EstimateCheck> checks = estimate_against_actual(estimates, records);
  ASSERT_THAT(checks, SizeIs(2));
  EXPECT_EQ(checks[0].id, "a");
  EXPECT_EQ(checks[0].actual_seconds, 20);
  EXPECT_EQ(checks[0].actual_bytes, 90);
  EXPECT_EQ(checks[1].estimated_bytes, 0);
  EXPECT_DOUBLE_EQ(time_ratio(checks), 3.0);
  EXPECT_THAT(estimate_against_actual({}, records), IsEmpty());
  EXPECT_DOUBLE_EQ(time_ratio({}), 1.0);
}

}  // namespace
}  // namespace tuneval
