#include "framework/tune/tune.h"

#include "framework/tune/dataset.h"
#include "framework/tune/loss.h"
#include "tests/support/folder.h"
#include "tuned.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace tuneval {
namespace {

using test::message_of;
using testing::HasSubstr;

TEST(TuneTest, LoraLearnsAndLeavesTheWeightsAlone) {
  const Tuned before;
  const Tuned after = tuned(small_recipe());
  const TuneSummary& summary = after.summary;
  EXPECT_EQ(summary.examples, 24);  // 6 are held out
  EXPECT_EQ(summary.steps, 18);
  ASSERT_EQ(summary.curve.size(), 18u);
  EXPECT_LT(summary.final_loss, 0.6 * summary.curve.front().loss);
  EXPECT_EQ(summary.curve.front().learning_rate, 0.0);  // the warm-up's first
  EXPECT_LT(summary.computed_tokens, summary.tokens);
  EXPECT_FALSE(after.model.lm->is_training());
  std::map<std::string, at::Tensor> weights;
  int64_t trained = 0;
  for (const auto& [name, tensor] : after.weights()) {
    weights[name] = tensor;
    if (name.find("lora_") != name.npos) trained += tensor.numel();
  }
  EXPECT_EQ(summary.trained_parameters, trained);
  for (const auto& [name, tensor] : before.weights()) {
    EXPECT_TRUE(at::equal(weights.at(name), tensor)) << name;
  }
}

TEST(TuneTest, WithoutAnAdapterEveryWeightIsTrained) {
  Recipe recipe = small_recipe();
  recipe.adapter = "none";
  recipe.learning_rate = 1e-3;
  const Tuned before, after = tuned(recipe);
  EXPECT_EQ(after.summary.trained_parameters, after.model.parameters);
  EXPECT_LT(after.summary.final_loss, 0.7 * after.summary.curve.front().loss);
  const NamedTensors a = before.weights(), b = after.weights();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_FALSE(at::equal(a[i].second, b[i].second)) << a[i].first;
    EXPECT_FALSE(b[i].second.requires_grad());
  }
}

TEST(TuneTest, TheSameRecipeGivesTheSameBitsAndTheSeedOthers) {
  Recipe recipe = small_recipe();
  recipe.dropout = 0.1;
  const Tuned first = tuned(recipe);
  expect_same_bits(tuned(recipe), first);
  recipe.recompute = "always";
  expect_same_bits(tuned(recipe), first);
  recipe.recompute = "auto";
  recipe.activation_mib = 0;
  expect_same_bits(tuned(recipe), first);
  recipe.seed = 5;
  EXPECT_NE(tuned(recipe).summary.curve, first.summary.curve);
}

TEST(TuneTest, RowsOfAStepMayBePackedAnyWay) {
  Recipe recipe = small_recipe();
  recipe.epochs = 1;
  const Tuned whole = tuned(recipe);
  recipe.token_budget = 14;  // about a row at once
  const Tuned packed = tuned(recipe);
  recipe.token_budget = 4096;
  recipe.batch_size = 2;
  recipe.accumulation = 2;
  const Tuned accumulated = tuned(recipe);
  EXPECT_GT(packed.summary.computed_tokens, whole.summary.computed_tokens);
  for (size_t i = 0; i < whole.summary.curve.size(); ++i) {
    const double loss = whole.summary.curve[i].loss;
    EXPECT_NEAR(packed.summary.curve[i].loss, loss, 1e-4 * loss);
    EXPECT_EQ(accumulated.summary.curve[i].loss, loss);
  }
}

TEST(TuneTest, TheBestWeightsAreKept) {
  Recipe recipe = small_recipe();
  recipe.learning_rate = 0.05;  // too much: it gets worse again
  recipe.epochs = 6;
  recipe.validate_every = 2;
  const Tuned best = tuned(recipe);
  ASSERT_TRUE(best.summary.validation_loss);
  EXPECT_LT(best.summary.best_step, best.summary.steps);
  const Dataset dataset = make_dataset(best.model, examples(30), recipe);
  std::vector<const TokenizedExample*> rows;
  for (const auto& row : dataset.validation) rows.push_back(&row);
  const LossBatch batch = make_loss_batch(rows, LossOn::completion, at::kCPU);
  const double loss = compute_loss(*best.model.lm, batch, 1.0 / double(batch.target_count), false);
  EXPECT_NEAR(loss, *best.summary.validation_loss, 1e-5 * loss);

  recipe.validation_ratio = 0.0;
  const Tuned last = tuned(recipe);
  EXPECT_FALSE(last.summary.validation_loss);
  EXPECT_EQ(last.summary.best_step, last.summary.steps);
  EXPECT_EQ(last.summary.examples, 30);
}

TEST(TuneTest, ALossThatIsNotFiniteEndsItNamingTheStep) {
  Recipe recipe = small_recipe();
  recipe.learning_rate = 1e30;
  recipe.warmup_ratio = 0.0;
  Tuned made;
  EXPECT_THAT(message_of<TuneError>([&] { tune(made.model, examples(30), recipe, {}); }),
              testing::AllOf(testing::StartsWith("step 2 of 18: loss is "),
                             HasSubstr("expected finite numbers (learning rate ")));
}

TEST(TuneTest, NoExamplesAreRefused) {
  Tuned made;
  EXPECT_EQ(message_of<TuneError>([&] { tune(made.model, {}, small_recipe(), {}); }),
            "there are no examples to train on");
}

}  // namespace
}  // namespace tuneval
