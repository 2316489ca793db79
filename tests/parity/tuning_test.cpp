// Ten optimizer steps against peft and transformers: LoRA, and all weights.
#include "framework/model/adapter.h"
#include "framework/tune/schedule.h"
#include "ten_steps.h"
#include "tests/support/folder.h"

#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

using Json = nlohmann::json;

/// Of the largest value; what was reached is below 5e-7. Adam divides by the gradient's own size,
/// so where a gradient is close to nothing its rounding may show whole in the weight.
constexpr double kWeightTolerance = 2e-5;

/// What ten steps in float32 on a CPU are held to.
void expect_exact(const TenSteps& run) {
  EXPECT_LT(run.worst.at("loss"), 2e-6);
  EXPECT_LT(run.worst.at("norm"), 5e-6);
}

class LoraParity : public testing::TestWithParam<std::string> {};

TEST_P(LoraParity, TenStepsEqualPeft) {
  TenSteps run(GetParam() + ".lora");
  const AdapterShape shape = load_adapter(run.model, run.folder / "initial");
  EXPECT_EQ(shape.rank, run.json.at("recipe").at("rank"));
  const NamedTensors parameters = adapter_parameters(run.model);
  run.train(parameters);
  expect_exact(run);

  const TempFolder saved;
  save_adapter(run.model, shape, saved.path());
  const auto found = adapter_tensors(saved.path());
  const auto expected = adapter_tensors(run.folder / "final");
  const auto initial = adapter_tensors(run.folder / "initial");
  ASSERT_EQ(found.size(), parameters.size());
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    run.compare(name, found.at(name), tensor, kWeightTolerance);
    // The steps moved it by far more than that.
    EXPECT_GT(relative_difference(initial.at(name), tensor), 100 * kWeightTolerance) << name;
  }
  run.worst["logits"] = run.logits_difference();
  EXPECT_LT(run.worst["logits"], 1e-5);
  run.report();
}

TEST_P(LoraParity, FinalAdapterGivesPeftsLogitsBesideTheWeightsAndMerged) {
  TenSteps run(GetParam() + ".lora");
  const double base = run.logits_difference();
  load_adapter(run.model, run.folder / "final");
  EXPECT_LT(run.worst["beside"] = run.logits_difference(), 1e-5);
  merge_adapters(*run.model.lm);
  EXPECT_TRUE(adapter_parameters(run.model).empty());
  EXPECT_LT(run.worst["merged"] = run.logits_difference(), 1e-5);
  EXPECT_GT(base, 0.01);  // the adapter does change them
  run.report();
}

TEST_P(LoraParity, SavedAndReadAgainItIsTheSame) {
  TenSteps run(GetParam() + ".lora");
  const AdapterShape shape = load_adapter(run.model, run.folder / "final");
  const TempFolder saved;
  save_adapter(run.model, shape, saved.path());
  const auto found = adapter_tensors(saved.path());
  const auto expected = adapter_tensors(run.folder / "final");
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) EXPECT_TRUE(at::equal(found.at(name), tensor));

  LoadedModel again = open_toy(run.json.at("recipe").at("model"));
  const AdapterShape read = load_adapter(again, saved.path());
  EXPECT_EQ(read.rank, shape.rank);
  EXPECT_EQ(read.alpha, shape.alpha);
  const TokenRows rows = {random_ids(12, 3)};
  EXPECT_TRUE(at::equal(logits_of(*again.lm, rows)[0], logits_of(*run.model.lm, rows)[0]));
}

INSTANTIATE_TEST_SUITE_P(Cases, LoraParity,
                         testing::Values("qwen3_tied", "qwen3_tied_accumulated", "qwen3_untied",
                                         "llama_smol", "llama_bias", "gemma3_window",
                                         "gemma3_untied", "gemma3_vision", "lfm2_indices",
                                         "lfm2_types"),
                         [](const auto& one) { return one.param; });

class FullParity : public testing::TestWithParam<std::string> {};

TEST_P(FullParity, TenStepsOfAllWeightsEqualTransformers) {
  TenSteps run(GetParam() + ".full");
  NamedTensors parameters;
  for (auto& item : run.model.lm->named_parameters()) {
    parameters.emplace_back(item.key(), item.value().requires_grad_());
  }
  run.train(parameters);
  expect_exact(run);
  const std::map<std::string, at::Tensor> by_name(parameters.begin(), parameters.end());
  const auto final_weights = tensors_of(run.folder / "final.safetensors");
  EXPECT_EQ(final_weights.size(), 3u);
  for (const auto& [name, expected] : final_weights) {
    run.compare(name, by_name.at(name), expected, kWeightTolerance);
  }
  run.worst["logits"] = run.logits_difference();
  EXPECT_LT(run.worst["logits"], 1e-5);
  run.report();
}

INSTANTIATE_TEST_SUITE_P(Models, FullParity,
                         testing::Values("llama_smol", "qwen3_bias", "gemma3_pattern",
                                         "lfm2_types"),
                         [](const auto& one) { return one.param; });

TEST(ScheduleParity, EqualsTransformers) {
  const Json json = Json::parse(read_text(fixture("schedules.json")));
  size_t compared = 0;
  for (const Json& one : json.at("schedules")) {
    const std::string schedule = one.at("schedule");
    const int64_t steps = one.at("steps"), warmup = one.at("warmup_steps");
    const Json& multipliers = one.at("multipliers");
    ASSERT_EQ(int64_t(multipliers.size()), steps);
    for (int64_t step = 0; step < steps; ++step, ++compared) {
      EXPECT_NEAR(schedule_factor(schedule, step, warmup, steps),
                  multipliers[size_t(step)].get<double>(), 1e-12)
          << schedule << ", " << warmup << " of " << steps << ", step " << step;
    }
  }
  EXPECT_GT(compared, 50u);
  for (const Json& one : json.at("warmup_steps")) {
    EXPECT_EQ(warmup_steps(one.at("share"), one.at("steps")), one.at("warmup_steps").get<int64_t>())
        << one;
  }
}

}  // namespace
}  // namespace tuneval::test
