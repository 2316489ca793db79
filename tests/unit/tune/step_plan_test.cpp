#include "framework/tune/step_plan.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

using std::chrono::seconds;

Recipe recipe_of(int64_t batch_size, int64_t epochs) {
  Recipe recipe;
  recipe.batch_size = batch_size;
  recipe.epochs = epochs;
  return recipe;
}

TEST(StepPlan, CountsStepsWithTheLastOneOfAnEpochPerhapsShort) {
  const Recipe recipe = recipe_of(4, 3);
  const StepPlan plan(recipe, 10, 2);
  EXPECT_EQ(plan.per_epoch(), 3);
  EXPECT_EQ(plan.steps(), 9);
  EXPECT_TRUE(plan.ends_epoch(6));
  EXPECT_FALSE(plan.ends_epoch(7));
}

TEST(StepPlan, ValidatesAtTheEndOfEpochsOrAsOftenAsAsked) {
  Recipe recipe = recipe_of(4, 3);
  EXPECT_FALSE(StepPlan(recipe, 10, 0).validates(3));
  EXPECT_TRUE(StepPlan(recipe, 10, 2).validates(3));
  EXPECT_FALSE(StepPlan(recipe, 10, 2).validates(4));
  recipe.validate_every = 2;
  EXPECT_TRUE(StepPlan(recipe, 10, 2).validates(4));
  EXPECT_FALSE(StepPlan(recipe, 10, 2).validates(3));
  EXPECT_TRUE(StepPlan(recipe, 10, 2).validates(9)) << "the last step";
}

TEST(StepPlan, ChecksInEachMinuteUnlessThatTakesTooLong) {
  const Recipe recipe = recipe_of(1, 2);
  const StepPlan plan(recipe, 100, 0);
  EXPECT_FALSE(plan.checkpoints(7, seconds(59), seconds(0)));
  EXPECT_TRUE(plan.checkpoints(7, seconds(61), seconds(0)));
  EXPECT_FALSE(plan.checkpoints(7, seconds(61), seconds(10)));
  EXPECT_TRUE(plan.checkpoints(7, seconds(201), seconds(10)));
  EXPECT_TRUE(plan.checkpoints(100, seconds(0), seconds(10))) << "the end of an epoch";
  EXPECT_FALSE(plan.checkpoints(200, seconds(500), seconds(0))) << "nothing is left to lose";
}

TEST(StepPlan, ARecipesOwnNumberOfStepsGoesBeforeTheClock) {
  Recipe recipe = recipe_of(1, 2);
  recipe.checkpoint_steps = 3;
  const StepPlan plan(recipe, 100, 0);
  EXPECT_TRUE(plan.checkpoints(3, seconds(0), seconds(0)));
  EXPECT_FALSE(plan.checkpoints(100, seconds(500), seconds(0)));
}

}  // namespace
}  // namespace tuneval
