#include "framework/tune/learning_curve.h"

#include "framework/tune/dataset.h"
#include "tests/support/folder.h"
#include "tuned.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace tuneval {
namespace {

using testing::ElementsAre;

TEST(LearningCurveTest, APointIsTheMeanOfItsEpochsSteps) {
  const std::vector<TuneStep> steps = {
      {1, 4.0, 0, 0}, {2, 2.0, 0, 0}, {3, 1.0, 0, 0}, {4, 0.5, 0, 0}, {5, 9.0, 0, 0}};
  const std::vector<TuneEpoch> found = {{2, 4, 0.0, 0.7, 0.25}};
  EXPECT_THAT(learning_curve(steps, 2, found),
              ElementsAre(TuneEpoch{1, 2, 3.0, {}, {}}, TuneEpoch{2, 4, 0.75, 0.7, 0.25}))
      << "the fifth step is of no whole epoch";
}

TEST(LearningCurveTest, ALongCurveKeepsItsEnds) {
  std::vector<TuneStep> steps;
  for (int64_t i = 1; i <= 4001; ++i) steps.push_back({i, 1.0, 0.0, 0.0});
  const auto kept = thinned_curve(steps);
  EXPECT_EQ(kept.front().step, 1);
  EXPECT_EQ(kept.back().step, 4001);
  EXPECT_LE(kept.size(), 2002u);
  EXPECT_EQ(thinned_curve(std::span(steps).first(7)).size(), 7u);
}

TEST(LearningCurveTest, TuningGivesAPointAnEpoch) {
  const TuneSummary summary = tuned(small_recipe()).summary;
  ASSERT_EQ(summary.learning_curve.size(), 3u);
  double least = 1e9;
  for (size_t i = 0; i < 3; ++i) {
    const TuneEpoch& point = summary.learning_curve[i];
    EXPECT_EQ(point.epoch, int64_t(i) + 1);
    EXPECT_EQ(point.step, 6 * point.epoch);
    ASSERT_TRUE(point.validation_loss);
    least = std::min(least, *point.validation_loss);
    EXPECT_FALSE(point.score) << "nobody asked";
  }
  EXPECT_LT(summary.learning_curve[2].loss, summary.learning_curve[0].loss);
  EXPECT_EQ(summary.validation_loss, least);
}

TEST(LearningCurveTest, WithoutRowsHeldOutThereAreLossesAlone) {
  Recipe recipe = small_recipe();
  recipe.validation_ratio = 0.0;
  for (const TuneEpoch& point : tuned(recipe).summary.learning_curve) {
    EXPECT_FALSE(point.validation_loss);
    EXPECT_GT(point.loss, 0.0);
  }
}

/// Scores by counting how often it was asked, as a run would by answering.
struct Asked {
  std::vector<std::vector<std::string>> rows;

  TuneOptions options() {
    TuneOptions made;
    made.score = [this](const LoadedModel& model, const std::vector<Example>& held_out) {
      model.lm->eval();  // as scoring leaves it
      auto& places = rows.emplace_back();
      for (const Example& example : held_out) places.push_back(example.where);
      return std::optional(0.125 * double(rows.size()));
    };
    return made;
  }
};

TEST(LearningCurveTest, RowsHeldOutAreScoredAtEachEpochsEnd) {
  Asked asked;
  const Tuned with = tuned(small_recipe(), asked.options());
  ASSERT_EQ(asked.rows.size(), 3u);
  EXPECT_EQ(asked.rows[0].size(), 6u);
  EXPECT_EQ(asked.rows[0], asked.rows[2]);
  EXPECT_EQ(with.summary.learning_curve[2].score, 0.375);
  // The scores decide nothing: weights and losses are those of a run without them.
  const Tuned without = tuned(small_recipe());
  EXPECT_EQ(with.summary.curve, without.summary.curve);
  EXPECT_EQ(with.summary.validation_loss, without.summary.validation_loss);
}

TEST(LearningCurveTest, HeldOutRowsAreNoneOfThoseTrainedOn) {
  const LoadedModel model = test::open_toy("qwen3_tied");
  const Dataset dataset = make_dataset(model, examples(30), small_recipe());
  ASSERT_EQ(dataset.held_out.size(), dataset.validation.size());
  EXPECT_TRUE(std::ranges::is_sorted(dataset.held_out));
  std::vector<std::vector<int64_t>> held_out;
  for (const size_t index : dataset.held_out) {
    held_out.push_back(tokenize(*model.text, examples(30)[index]).ids);
  }
  for (const TokenizedExample& row : dataset.validation) {
    EXPECT_NE(std::ranges::find(held_out, row.ids), held_out.end());
  }
}

struct Killed : std::exception {};

TEST(LearningCurveTest, AKilledRunHasTheCurveOfOneThatWasNot) {
  Asked whole;
  const Tuned expected = tuned(small_recipe(), whole.options());
  const test::TempFolder folder;
  Asked asked;
  TuneOptions options = asked.options();
  options.checkpoints = folder.path() / "checkpoints";
  options.identity = "cell";
  options.progress = [](const TuneProgress& at) {
    if (at.step == 8) throw Killed();
  };
  EXPECT_THROW(tuned(small_recipe(), options), Killed);
  options.progress = {};
  const Tuned resumed = tuned(small_recipe(), options);
  EXPECT_EQ(asked.rows.size(), 3u) << "the first epoch is not scored again";
  expect_same_bits(resumed, expected);
}

}  // namespace
}  // namespace tuneval
