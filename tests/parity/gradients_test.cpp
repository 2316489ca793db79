// The gradient of every parameter against those of transformers.
#include "framework/model/mapped_file.h"
#include "losses.h"
#include "tuneval/layers/recompute.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace tuneval::test {
namespace {

/// Of each tensor's largest value. What was reached is below 1e-5.
constexpr double kBackwardTolerance = 2e-5;

std::vector<std::string> models_with_gradients() {
  std::vector<std::string> names;
  for (const std::string& name : fixture_models()) {
    if (std::filesystem::exists(fixture(name + ".grads.safetensors"))) names.push_back(name);
  }
  return names;
}

class GradientsParity : public testing::TestWithParam<std::string> {
 protected:
  std::filesystem::path oracle_file() const { return fixture(GetParam() + ".grads.safetensors"); }
  at::Tensor tensor(const char* name) const {
    return MappedSafetensors(oracle_file()).tensor(name);
  }
};

TEST_P(GradientsParity, EqualTransformers) {
  std::map<std::string, at::Tensor> oracle;
  for (auto& [name, tensor] : tensors_of(oracle_file())) {
    oracle[name] = tensor;
  }
  const auto examples = examples_of(oracle.at("input_ids"), oracle.at("prompt_length"));
  const auto rows = pointers_to(examples);
  LoadedModel model = open_toy(GetParam());
  ask_for_gradients(*model.lm);
  const LossBatch batch = make_loss_batch(rows, LossOn::completion, at::kCPU);
  EXPECT_LT(batch.batch.tokens(), batch.row_tokens);  // rows do share
  const double loss = compute_loss(*model.lm, batch, 1.0 / double(batch.target_count), true);
  EXPECT_NEAR(loss, oracle.at("loss").item<double>(), 2e-6 * loss);

  const auto found = gradients_of(*model.lm);
  size_t compared = 0;
  double worst = 0.0;
  for (const auto& [name, expected] : oracle) {
    if (!name.starts_with("gradient.")) continue;
    const std::string parameter = name.substr(9);
    ASSERT_TRUE(found.contains(parameter)) << parameter;
    const double difference = relative_difference(found.at(parameter), expected);
    EXPECT_LT(difference, kBackwardTolerance) << parameter;
    worst = std::max(worst, difference);
    ++compared;
  }
  EXPECT_EQ(compared, found.size());
  EXPECT_GT(compared, 10u);
  RecordProperty("worst", fmt::format("{:.2e}", worst));
}

// Thrown away and made again, a layer gives the same bits.
TEST_P(GradientsParity, RecomputedLayersGiveTheSameBits) {
  const auto examples = examples_of(tensor("input_ids"), tensor("prompt_length"));
  const auto rows = pointers_to(examples);
  const LossBatch batch = make_loss_batch(rows, LossOn::all, at::kCPU);
  LoadedModel model = open_toy(GetParam());
  ask_for_gradients(*model.lm);
  const double loss = compute_loss(*model.lm, batch, 0.25, true);
  const auto expected = gradients_of(*model.lm);
  ask_for_gradients(*model.lm);
  const RecomputeScope scope(true);
  EXPECT_EQ(compute_loss(*model.lm, batch, 0.25, true), loss);
  const auto found = gradients_of(*model.lm);
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, gradient] : expected) EXPECT_TRUE(at::equal(found.at(name), gradient));
}

INSTANTIATE_TEST_SUITE_P(Models, GradientsParity, testing::ValuesIn(models_with_gradients()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval::test
