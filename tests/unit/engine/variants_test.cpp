// A run with several seeds, a band of learning rates and scored learning curves.
#include "framework/engine/engine.h"
#include "tests/support/toy_run.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

TEST(EngineVariantsTest, EachCellIsTunedByItsOwnSeedAndRate) {
  test::ToyRun run;
  run.add_model("qwen3_tied");
  run.add_task("colours");
  run.manifest.more_seeds = {5};
  run.manifest.learning_rates = {1e-2};
  run.manifest.scoring.curve = true;
  const Plan plan = make_plan(run.manifest, test::all_plugins());
  const RecordStore store(run.manifest.output);
  // What an attempt that was killed had not finished is no part of an adapter.
  test::write_text(store.adapter_path(plan.cells.at(2).id) / ".adapter_config.json.tmp", "half");
  RunListener listener;
  EXPECT_EQ(run_plan(plan, test::all_plugins(), store, {}, listener).done, 3);

  const CellRecord first = store.read(plan.cells.at(0).id);
  const CellRecord seed = store.read(plan.cells.at(1).id);
  const CellRecord band = store.read(plan.cells.at(2).id);
  EXPECT_TRUE(first.base);
  EXPECT_FALSE(seed.base || band.base);
  EXPECT_EQ(seed.seed, 5u);
  EXPECT_EQ(seed.recipe["seed"], 5);
  EXPECT_EQ(band.seed, run.manifest.seed);
  EXPECT_EQ(band.recipe["learning_rate"], 1e-2);
  EXPECT_TRUE(band.band);
  EXPECT_FALSE(first.band || seed.band);
  EXPECT_NE(first.tune->curve, seed.tune->curve);
  EXPECT_NE(first.tune->final_loss, band.tune->final_loss);
  for (const CellRecord& record : {first, seed, band}) {
    ASSERT_EQ(record.tune->learning_curve.size(), 2u);
    for (const TuneEpoch& epoch : record.tune->learning_curve) {
      EXPECT_TRUE(epoch.validation_loss);
      ASSERT_TRUE(epoch.score);
      EXPECT_GE(*epoch.score, 0.0);
      EXPECT_LE(*epoch.score, 1.0);
    }
    EXPECT_GT(record.tune->adapter_bytes.value(), 0);
    EXPECT_EQ(record.tune->adapter_bytes, first.tune->adapter_bytes);
  }
}

// Scoring rows between epochs leaves the tuning as it is, to the bit.
TEST(EngineVariantsTest, TheCurvesScoresChangeNothing) {
  std::vector<TuneSummary> tuned;
  for (const bool curve : {false, true}) {
    test::ToyRun run;
    run.add_model("qwen3_tied");
    run.add_task("colours");
    run.manifest.scoring.curve = curve;
    const Plan plan = make_plan(run.manifest, test::all_plugins());
    const RecordStore store(run.manifest.output);
    RunListener listener;
    run_plan(plan, test::all_plugins(), store, {}, listener);
    tuned.push_back(store.read(plan.cells.at(0).id).tune.value());
  }
  EXPECT_EQ(tuned[0].curve, tuned[1].curve);
  EXPECT_EQ(tuned[0].best_step, tuned[1].best_step);
  EXPECT_EQ(tuned[0].validation_loss, tuned[1].validation_loss);
}

}  // namespace
}  // namespace tuneval
