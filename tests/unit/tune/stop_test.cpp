// Tuning that is asked to end, and taken up again.
#include "framework/record/stopped.h"
#include "tests/support/folder.h"
#include "tuned.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

class StopTest : public testing::TestWithParam<std::string> {
 protected:
  StopTest() {
    recipe.adapter = GetParam();
    if (GetParam() == "none") recipe.learning_rate = 1e-3;
    recipe.dropout = 0.2;
    recipe.checkpoint_steps = 100;  // none but those that stopping writes
    recipe.validate_every = 3;
  }
  TuneOptions options() {
    TuneOptions made;
    made.checkpoints = folder.path() / "checkpoints";
    made.identity = "cell";
    made.stop = &stop;
    made.progress = [this](const TuneProgress& at) {
      last = at.step;
      if (at.step == stop_at) stop = true;
    };
    return made;
  }
  /// Runs until it is stopped behind a step; which one its checkpoint is of.
  int64_t stop_behind(int64_t step) {
    stop_at = step;
    stop = false;
    EXPECT_THROW(tuned(recipe, options()), Stopped);
    stop_at = 0;
    stop = false;
    const auto state = read_checkpoint(folder.path() / "checkpoints", "cell");
    EXPECT_TRUE(state);
    return state ? state->step : -1;
  }

  test::TempFolder folder;
  Recipe recipe = small_recipe();
  std::atomic<bool> stop = false;
  int64_t stop_at = 0, last = 0;
};

TEST_P(StopTest, TheStepIsSavedAndGivesTheBitsOfARunThatWentOn) {
  const Tuned expected = tuned(recipe);
  EXPECT_EQ(stop_behind(5), 5);
  EXPECT_EQ(last, 5) << "no further step was taken";
  EXPECT_EQ(stop_behind(6), 6);  // a validation lies behind it
  expect_same_bits(tuned(recipe, options()), expected);
}

TEST_P(StopTest, AskedBeforeItBeginsItSavesTheBeginning) {
  const Tuned expected = tuned(recipe);
  stop = true;
  EXPECT_THROW(tuned(recipe, options()), Stopped);
  EXPECT_EQ(last, 0);
  stop = false;
  expect_same_bits(tuned(recipe, options()), expected);
}

// What is given up in the middle of a step has drawn dropout: that must not count.
TEST_P(StopTest, AStepThatWasGivenUpIsTakenAnew) {
  recipe.token_budget = 16;  // several forests a step
  const Tuned expected = tuned(recipe);
  TuneOptions stopping = options();
  int64_t pulses = 0;
  stopping.pulse = [&] {
    if (++pulses == 20) stop = true;
  };
  EXPECT_THROW(tuned(recipe, stopping), Stopped);
  const auto state = read_checkpoint(folder.path() / "checkpoints", "cell");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->step, last);
  stop = false;
  expect_same_bits(tuned(recipe, options()), expected);
}

TEST_P(StopTest, WithoutAPlaceForCheckpointsItJustEnds) {
  TuneOptions nowhere = options();
  nowhere.checkpoints.clear();
  stop = true;
  EXPECT_THROW(tuned(recipe, nowhere), Stopped);
  EXPECT_FALSE(fs::exists(folder.path() / "checkpoints"));
}

INSTANTIATE_TEST_SUITE_P(Adapters, StopTest, testing::Values("lora", "none"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval
