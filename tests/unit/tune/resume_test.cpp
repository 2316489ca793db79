// Tuning that is killed and taken up again.
#include "tests/support/folder.h"
#include "tuned.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <exception>
#include <filesystem>
#include <iterator>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

struct Killed : std::exception {};

class ResumeTest : public testing::TestWithParam<std::string> {
 protected:
  ResumeTest() {
    recipe.adapter = GetParam();
    if (GetParam() == "none") recipe.learning_rate = 1e-3;
    recipe.dropout = 0.2;
    recipe.checkpoint_steps = 4;
    recipe.validate_every = 3;
  }
  TuneOptions options(const std::string& identity = "cell") {
    TuneOptions made;
    made.checkpoints = folder.path() / "checkpoints";
    made.identity = identity;
    made.progress = [this](const TuneProgress& at) {
      steps.push_back(at.step);
      if (at.step == kill_at) throw Killed();
    };
    return made;
  }
  void run_until(int64_t step) {
    kill_at = step;
    EXPECT_THROW(tuned(recipe, options()), Killed);
    kill_at = 0;
    steps.clear();
  }
  fs::path checkpoint(int64_t step) const {
    return folder.path() / "checkpoints" / ("step-" + std::to_string(step));
  }

  test::TempFolder folder;
  Recipe recipe = small_recipe();
  int64_t kill_at = 0;
  std::vector<int64_t> steps;
};

TEST_P(ResumeTest, AKilledRunGivesTheBitsOfOneThatWasNot) {
  const Tuned expected = tuned(recipe);
  run_until(10);
  at::rand({100});  // the generator is elsewhere when the process begins again
  const Tuned resumed = tuned(recipe, options());
  EXPECT_EQ(steps.front(), 9);
  expect_same_bits(resumed, expected);
}

TEST_P(ResumeTest, KilledTwiceAndWithinTheFirstSteps) {
  const Tuned expected = tuned(recipe);
  run_until(3);  // no checkpoint yet
  run_until(7);
  run_until(14);
  const Tuned resumed = tuned(recipe, options());
  EXPECT_EQ(steps.front(), 13);
  expect_same_bits(resumed, expected);
}

TEST_P(ResumeTest, OnlyTheNewestCheckpointStays) {
  run_until(13);
  EXPECT_TRUE(fs::exists(checkpoint(12)));
  EXPECT_FALSE(fs::exists(checkpoint(8)));
  const auto all = fs::directory_iterator(folder.path() / "checkpoints");
  EXPECT_EQ(std::distance(begin(all), end(all)), 1);
}

// Its steps are fewer than those of a checkpoint that lay there before, of another run; and a run
// that was killed while it wrote has left something.
TEST_P(ResumeTest, AnotherRunsCheckpointGoesAndNotOnesOwn) {
  const Tuned expected = tuned(recipe);
  run_until(13);
  fs::create_directory(folder.path() / "checkpoints" / ".step-16.part");
  kill_at = 10;
  EXPECT_THROW(tuned(recipe, options("another")), Killed);
  const auto all = fs::directory_iterator(folder.path() / "checkpoints");
  EXPECT_EQ(std::distance(begin(all), end(all)), 1);
  kill_at = 0;
  steps.clear();
  const Tuned resumed = tuned(recipe, options("another"));
  EXPECT_EQ(steps.front(), 9);
  expect_same_bits(resumed, expected);
}

TEST_P(ResumeTest, ATornCheckpointIsPassedOver) {
  const Tuned expected = tuned(recipe);
  run_until(9);
  const fs::path kept = folder.path() / "kept";
  fs::copy(checkpoint(8), kept);
  run_until(13);
  for (const char* file : {"weights.safetensors", "optimizer.safetensors", "state.json"}) {
    const fs::path torn = checkpoint(12) / file;
    const std::string whole = test::read_text(torn);
    test::write_text(torn, whole.substr(0, whole.size() / 2));
    fs::copy(kept, checkpoint(8));
    kill_at = 10;
    EXPECT_THROW(tuned(recipe, options()), Killed);
    EXPECT_EQ(steps.front(), 9) << file;
    steps.clear();
    test::write_text(torn, whole);
    fs::remove_all(checkpoint(8));
  }
  fs::remove(checkpoint(12) / "random.safetensors");
  fs::copy(kept, checkpoint(8));
  kill_at = 0;
  const Tuned resumed = tuned(recipe, options());
  EXPECT_EQ(steps.front(), 9);
  expect_same_bits(resumed, expected);
}

TEST_P(ResumeTest, ACheckpointOfAnotherRunIsNotTakenUp) {
  const Tuned expected = tuned(recipe);
  run_until(10);
  const Tuned fresh = tuned(recipe, options("another"));
  EXPECT_EQ(steps.front(), 1);
  expect_same_bits(fresh, expected);
}

INSTANTIATE_TEST_SUITE_P(Adapters, ResumeTest, testing::Values("lora", "none"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval
