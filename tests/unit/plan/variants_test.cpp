// Cells of several seeds and of a band of learning rates.
#include "framework/plan/plan.h"

#include "tests/support/toy_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tuneval {
namespace {

using test::all_plugins;
using testing::ElementsAre;
using testing::StartsWith;

class PlanVariantsTest : public testing::Test {
 protected:
  PlanVariantsTest() {
    run.add_model("qwen3_tied");
    run.add_task("colours");
    run.manifest.seed = run.manifest.tuning.seed = 7;
  }
  Plan plan() const { return make_plan(run.manifest, all_plugins()); }
  void vary() {
    run.manifest.more_seeds = {3, 5};
    run.manifest.learning_rates = {1e-4, 2e-2};
  }

  test::ToyRun run;
};

TEST_F(PlanVariantsTest, ACellASeedThenOneARate) {
  vary();
  run.manifest.baselines = {"majority", "seed_only"};
  run.add_seed("colours", 6);
  std::vector<std::string> titles;
  const Plan made = plan();
  for (const Cell& cell : made.cells) titles.push_back(cell.title());
  EXPECT_THAT(titles, ElementsAre("majority", "qwen3_tied", "qwen3_tied (seed_only)",
                                  "qwen3_tied (seed 3)", "qwen3_tied (seed 5)",
                                  "qwen3_tied (rate 0.0001)", "qwen3_tied (rate 0.02)"));
  EXPECT_EQ(made.cells[0].seed, 7u);
  EXPECT_EQ(made.cells[4].seed, 5u);
  EXPECT_EQ(made.cells[5].seed, 7u) << "the band is of the first seed";
  EXPECT_EQ(made.cells[6].learning_rate, 2e-2);
}

TEST_F(PlanVariantsTest, OnlyTheFirstScoresTheBaseModel) {
  vary();
  const Plan made = plan();
  EXPECT_TRUE(made.cells[0].scores_base());
  for (size_t i = 1; i < made.cells.size(); ++i) {
    EXPECT_FALSE(made.cells[i].scores_base()) << made.cells[i].title();
    EXPECT_LT(made.cells[i].estimate.flops, made.cells[0].estimate.flops);
  }
}

TEST_F(PlanVariantsTest, EachCellHasItsRecipe) {
  vary();
  const Plan made = plan();
  EXPECT_EQ(made.recipe(made.cells[0]), run.manifest.tuning);
  EXPECT_EQ(made.recipe(made.cells[1]).seed, 3u);
  EXPECT_EQ(made.recipe(made.cells[1]).learning_rate, run.manifest.tuning.learning_rate);
  EXPECT_EQ(made.recipe(made.cells[3]).seed, 7u);
  EXPECT_EQ(made.recipe(made.cells[3]).learning_rate, 1e-4);
}

TEST_F(PlanVariantsTest, ARecipesOwnSeedStaysWhereThereIsOneSeed) {
  run.manifest.tuning.seed = 11;
  const Plan made = plan();
  EXPECT_EQ(made.recipe(made.cells[0]).seed, 11u);
}

TEST_F(PlanVariantsTest, TheFirstCellsIdIsThatOfARunWithoutVariants) {
  const std::string alone = plan().cells.at(0).id;
  vary();
  const Plan made = plan();
  EXPECT_EQ(made.cells[0].id, alone) << "what is done need not be run again";
  std::set<std::string> ids;
  for (const Cell& cell : made.cells) ids.insert(cell.id);
  EXPECT_EQ(ids.size(), made.cells.size());
  EXPECT_THAT(made.cells[1].id, StartsWith("qwen3_tied.colours.seed-3."));
  EXPECT_THAT(made.cells[3].id, StartsWith("qwen3_tied.colours.rate-0_0001."));
}

TEST_F(PlanVariantsTest, ASeedsIdDoesNotDependOnTheOthers) {
  run.manifest.more_seeds = {5};
  const std::string five = plan().cells.at(1).id;
  run.manifest.more_seeds = {3, 5};
  EXPECT_EQ(plan().cells.at(2).id, five);
}

TEST_F(PlanVariantsTest, TheCurvesScoresAreOthers) {
  const std::string without = plan().cells.at(0).id;
  run.manifest.scoring.curve = true;
  EXPECT_NE(plan().cells.at(0).id, without) << "a record without them would pass for done";
}

}  // namespace
}  // namespace tuneval
