// A batch in which shared tokens stand once against its rows, each computed alone.
#include "forests.h"
#include "losses.h"

#include <ATen/Functions.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

/// Of the largest value. Gradients are sums over up to 900 tokens, in another order.
constexpr double kLogitsTolerance = 5e-6, kGradientTolerance = 2e-5;

class ForestParity : public testing::TestWithParam<std::tuple<std::string, ForestCase>> {
 protected:
  const std::string& model_name() const { return std::get<0>(GetParam()); }
  const ForestCase& forest_case() const { return std::get<1>(GetParam()); }
};

TEST_P(ForestParity, LogitsEqualThoseOfSeparateRows) {
  const LoadedModel model = open_toy(model_name());
  const TokenRows& rows = forest_case().rows;
  const auto together = logits_of(*model.lm, rows);
  double worst = 0.0;
  for (size_t row = 0; row < rows.size(); ++row) {
    const at::Tensor alone = logits_of(*model.lm, {rows[row]}).front();
    worst = std::max(worst, relative_difference(together[row], alone));
  }
  EXPECT_LT(worst, kLogitsTolerance);
  RecordProperty("worst", fmt::format("{:.2e}", worst));
}

TEST_P(ForestParity, LossAndGradientsEqualTheSumOverSeparateRows) {
  const auto all = examples_of(forest_case());
  const auto rows = pointers_to(all);
  LoadedModel model = open_toy(model_name());
  for (const LossOn loss_on : {LossOn::completion, LossOn::all}) {
    const double scale = 1.0 / double(count_targets(rows, loss_on));
    ask_for_gradients(*model.lm);
    double expected_loss = 0.0;
    for (const TokenizedExample* row : rows) {
      const LossBatch batch = make_loss_batch(std::span(&row, 1), loss_on, at::kCPU);
      expected_loss += compute_loss(*model.lm, batch, scale, true);
    }
    const auto expected = gradients_of(*model.lm);

    ask_for_gradients(*model.lm);
    const LossBatch batch = make_loss_batch(rows, loss_on, at::kCPU);
    const double loss = compute_loss(*model.lm, batch, scale, true);
    EXPECT_NEAR(loss, expected_loss, 2e-6 * expected_loss);
    const auto found = gradients_of(*model.lm);
    ASSERT_EQ(found.size(), expected.size());
    double worst = 0.0;
    for (const auto& [name, gradient] : expected) {
      worst = std::max(worst, relative_difference(found.at(name), gradient));
    }
    EXPECT_LT(worst, kGradientTolerance);
    RecordProperty(loss_on == LossOn::all ? "worst_all" : "worst_completion",
                   fmt::format("{:.2e}", worst));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ForestParity,
    testing::Combine(testing::Values("qwen3_tied", "qwen3_bias", "llama_smol", "llama_yarn",
                                     "gemma3_window", "gemma3_untied", "lfm2_indices",
                                     "lfm2_types"),
                     testing::ValuesIn(forest_cases())),
    [](const auto& one) { return std::get<0>(one.param) + "_" + std::get<1>(one.param).name; });

}  // namespace
}  // namespace tuneval::test
