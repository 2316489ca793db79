#include "framework/tune/tune.h"

#include "framework/model/adapter.h"
#include "framework/tune/checkpoint.h"
#include "framework/tune/dataset.h"
#include "framework/tune/loss.h"
#include "framework/tune/optimizer.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::HasSubstr;

/// Three classes that the prompt's last word decides.
std::vector<Example> examples(size_t count) {
  std::vector<Example> all;
  for (size_t i = 0; i < count; ++i) {
    const auto words = test::joined(test::joined({10, 11, 12, 13}, test::random_ids(1 + i % 4, i)),
                                    {int64_t(60 + i % 3)});
    Example example;
    example.messages = {{"user", test::words(words), ""}};
    example.target = test::words({int64_t(30 + i % 3), int64_t(40 + i % 3)});
    example.where = "train.jsonl:" + std::to_string(i + 1);
    all.push_back(example);
  }
  return all;
}

Recipe small_recipe() {
  Recipe recipe;
  recipe.epochs = 3;
  recipe.learning_rate = 5e-3;
  recipe.rank = 4;
  recipe.alpha = 8;
  recipe.batch_size = 4;
  return recipe;
}

struct Tuned {
  LoadedModel model = test::open_toy("qwen3_tied");
  TuneSummary summary;
  NamedTensors weights() const {
    NamedTensors all;
    for (const auto& item : model.lm->named_parameters())
      all.emplace_back(item.key(), item.value());
    return all;
  }
};

Tuned tuned(const Recipe& recipe, const TuneOptions& options = {}) {
  Tuned made;
  made.summary = tune(made.model, examples(30), recipe, options);
  return made;
}

void expect_same_bits(const Tuned& found, const Tuned& expected) {
  const NamedTensors a = found.weights(), b = expected.weights();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(at::equal(a[i].second, b[i].second)) << a[i].first;
  EXPECT_EQ(found.summary.curve, expected.summary.curve);
  EXPECT_EQ(found.summary.best_step, expected.summary.best_step);
  EXPECT_EQ(found.summary.validation_loss, expected.summary.validation_loss);
  EXPECT_EQ(found.summary.tokens, expected.summary.tokens);
  EXPECT_EQ(found.summary.computed_tokens, expected.summary.computed_tokens);
}

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
  EXPECT_FALSE(fs::exists(folder.path() / "checkpoints" / "part"));
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

class OptimizerTest : public testing::Test {
 protected:
  at::Tensor weight = at::rand({3, 2}).requires_grad_();
  Recipe recipe;
  Optimizer optimizer{{{"w", weight}}, recipe};
};

TEST_F(OptimizerTest, NothingMovesWhereTheNormIsNotFinite) {
  const at::Tensor before = weight.detach().clone();
  weight.mutable_grad() = at::full({3, 2}, std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isinf(optimizer.step(0.1)));
  weight.mutable_grad() = at::full({3, 2}, std::nanf(""));
  EXPECT_TRUE(std::isnan(optimizer.step(0.1)));
  EXPECT_TRUE(at::equal(weight, before));
}

TEST_F(OptimizerTest, GivesTheNormBeforeClippingAndClearsGradients) {
  weight.mutable_grad() = at::full({3, 2}, 10.0F);
  EXPECT_NEAR(optimizer.step(0.1), 10 * std::sqrt(6.0), 1e-4);
  EXPECT_FALSE(weight.grad().defined());
  EXPECT_NEAR(optimizer.state()[0].second[0][0].item<float>(), 0.1 / std::sqrt(6.0), 1e-4);
}

TEST_F(OptimizerTest, AStateThatDoesNotFitIsRefused) {
  NamedTensors state = optimizer.state();
  ASSERT_EQ(state.size(), 3u);
  state[1].second = at::zeros({2, 2});
  EXPECT_EQ(message_of<RecordError>([&] { optimizer.restore(state); }),
            "checkpoint: optimizer state \"w.second\" is missing or of another shape");
  state.pop_back();
  EXPECT_THROW(optimizer.restore({}), RecordError);
}

}  // namespace
}  // namespace tuneval
