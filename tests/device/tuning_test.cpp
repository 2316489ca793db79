// Tuning on the device: ten LoRA steps against the oracle's, which the CPU takes exactly, and the
// loop itself, whose host runs ahead of a GPU.
#include "tests/device/device.h"
#include "tests/parity/ten_steps.h"
#include "tests/support/folder.h"
#include "tests/unit/tune/tuned.h"
#include "tuneval/error.h"

#include <exception>

namespace tuneval::test {
namespace {

class LoraOnDevice : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  void SetUp() override { TUNEVAL_NEEDS_DEVICE(); }
};

TEST_P(LoraOnDevice, TenStepsAreTheOracles) {
  const std::string model = std::get<0>(GetParam()), dtype = std::get<1>(GetParam());
  TenSteps run(model + ".lora", dtype, test_device());
  const AdapterShape shape = load_adapter(run.model, run.folder / "initial");
  run.train(adapter_parameters(run.model));
  const bool exact = dtype == "float32";
  EXPECT_LT(run.worst["loss"], bounds_of(model, dtype).loss);
  EXPECT_LT(run.worst["norm"], exact ? 1e-4 : 0.5);

  const TempFolder saved;
  save_adapter(run.model, shape, saved.path());
  const auto found = adapter_tensors(saved.path());
  const auto expected = adapter_tensors(run.folder / "final");
  ASSERT_EQ(found.size(), expected.size());
  if (exact) {
    for (const auto& [name, tensor] : expected) run.compare(name, found.at(name), tensor, 5e-4);
  }
  run.worst["logits"] = run.logits_difference();
  EXPECT_LT(run.worst["logits"], exact ? 1e-4 : 0.25);
  run.report();
}

INSTANTIATE_TEST_SUITE_P(Models, LoraOnDevice,
                         testing::Combine(testing::Values("qwen3_tied", "llama_smol",
                                                          "gemma3_window", "lfm2_types"),
                                          device_formats()),
                         on_device_name);

struct Killed : std::exception {};

class TuneOnDevice : public testing::Test {
 protected:
  void SetUp() override { TUNEVAL_NEEDS_DEVICE(); }
  Tuned tune_there(const TuneOptions& options = {}) {
    return tuned(recipe, options, test_device());
  }
  void expect_near(const Tuned& found, const Tuned& expected) const {
    ASSERT_EQ(found.summary.curve.size(), expected.summary.curve.size());
    for (size_t i = 0; i < expected.summary.curve.size(); ++i) {
      const TuneStep &a = found.summary.curve[i], &b = expected.summary.curve[i];
      EXPECT_EQ(a.step, b.step);
      EXPECT_EQ(a.learning_rate, b.learning_rate);
      EXPECT_NEAR(a.loss, b.loss, 1e-3 * b.loss + 1e-6) << "step " << a.step;
      EXPECT_NEAR(a.grad_norm, b.grad_norm, 1e-2 * b.grad_norm + 1e-6) << "step " << a.step;
    }
    ASSERT_TRUE(found.summary.validation_loss);
    const double loss = *expected.summary.validation_loss;
    EXPECT_NEAR(*found.summary.validation_loss, loss, 1e-3 * loss + 1e-6);
    EXPECT_EQ(found.summary.tokens, expected.summary.tokens);
  }

  Recipe recipe = small_recipe();
};

TEST_F(TuneOnDevice, TheCurveIsTheCpus) { expect_near(tune_there(), tuned(recipe)); }

TEST_F(TuneOnDevice, RecomputedLayersGiveTheSame) {
  const Tuned expected = tune_there();
  recipe.recompute = "always";
  expect_near(tune_there(), expected);
}

// Steps are told in their order, each with its own loss, though a GPU is a step ahead.
TEST_F(TuneOnDevice, EveryStepIsTold) {
  std::vector<TuneProgress> told;
  TuneOptions options;
  options.progress = [&](const TuneProgress& at) { told.push_back(at); };
  const Tuned made = tune_there(options);
  ASSERT_EQ(told.size(), made.summary.curve.size());
  for (size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].step, int64_t(i) + 1);
    EXPECT_EQ(told[i].loss, made.summary.curve[i].loss);
    EXPECT_GT(told[i].tokens, i == 0 ? 0 : told[i - 1].tokens);
  }
}

TEST_F(TuneOnDevice, AKilledRunGoesOnToTheSameCurve) {
  recipe.checkpoint_steps = 4;
  recipe.validate_every = 3;
  const Tuned expected = tune_there();
  const TempFolder folder;
  TuneOptions options;
  options.checkpoints = folder.path() / "checkpoints";
  options.progress = [](const TuneProgress& at) {
    if (at.step == 10) throw Killed();
  };
  EXPECT_THROW(tune_there(options), Killed);
  int64_t first = 0;
  options.progress = [&](const TuneProgress& at) { first = first == 0 ? at.step : first; };
  expect_near(tune_there(options), expected);
  EXPECT_EQ(first, 9);
}

TEST_F(TuneOnDevice, ALossThatIsNotFiniteEndsItNamingTheStep) {
  recipe.learning_rate = 1e30;
  recipe.warmup_ratio = 0.0;
  const std::string message = message_of<TuneError>([&] { tune_there(); });
  EXPECT_TRUE(message.starts_with("step 2 of 18: loss is ")) << message;
}

}  // namespace
}  // namespace tuneval::test
