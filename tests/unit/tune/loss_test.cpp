// The loss's own way back, against autograd's.
#include "framework/tune/loss.h"

#include "tests/support/toy_models.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tuneval {
namespace {

// Pairs of rows share a prefix behind which they go on differently, some rows are there twice, and
// there are more positions than one chunk holds.
std::vector<TokenizedExample> branching_rows() {
  std::vector<TokenizedExample> rows;
  for (size_t i = 0; i < 12; ++i) {
    const auto head = test::random_ids(9, i / 2), tail = test::random_ids(6 + i % 3, 50 + i);
    rows.push_back({test::joined(head, tail), 4});
    if (i % 4 == 0) rows.push_back(rows.back());
  }
  return rows;
}

/// scale · loss over all positions at once; what autograd makes of it is added to the gradients.
double loss_by_autograd(CausalLm& lm, const LossBatch& batch, double scale) {
  const at::AutoGradMode with_graph(true);
  const at::Tensor hidden = lm.hidden(batch.batch, nullptr).index_select(0, batch.positions);
  const at::Tensor log_shares = at::log_softmax(lm.logits(hidden).to(at::kFloat), -1);
  const at::Tensor chosen = log_shares.index({batch.position_of, batch.targets});
  const at::Tensor loss = -(chosen * batch.weights).sum() * scale;
  loss.backward();
  return loss.item<double>();
}

struct Case {
  const char* model;
  const char* dtype;
  double tolerance;
};

class LossTest : public testing::TestWithParam<Case> {};

TEST_P(LossTest, AndItsGradientsAreAutograds) {
  LoadedModel model = test::open_toy(GetParam().model, GetParam().dtype);
  model.lm->train();
  for (at::Tensor parameter : model.lm->parameters()) parameter.requires_grad_();
  const std::vector<TokenizedExample> rows = branching_rows();
  std::vector<const TokenizedExample*> pointers;
  for (const TokenizedExample& row : rows) pointers.push_back(&row);
  const LossBatch batch = make_loss_batch(pointers, LossOn::all, at::kCPU);
  ASSERT_GT(batch.positions.size(0), 64);
  ASSERT_GT(batch.targets.size(0), batch.positions.size(0));
  ASSERT_GT(batch.weights.max().item<double>(), 1.0);

  const double expected = loss_by_autograd(*model.lm, batch, 0.125);
  std::vector<at::Tensor> gradients;
  for (at::Tensor parameter : model.lm->parameters()) {
    gradients.push_back(parameter.grad().clone());
    parameter.mutable_grad().reset();
  }
  EXPECT_NEAR(compute_loss(*model.lm, batch, 0.125, /*backward=*/true), expected, 1e-5 * expected);
  size_t i = 0;
  for (const auto& item : model.lm->named_parameters()) {
    const double difference = test::relative_difference(item.value().grad(), gradients[i++]);
    EXPECT_LT(difference, GetParam().tolerance) << item.key();
  }
  EXPECT_EQ(compute_loss(*model.lm, batch, 0.125, /*backward=*/false),
            compute_loss(*model.lm, batch, 0.125, /*backward=*/true));
}

INSTANTIATE_TEST_SUITE_P(Models, LossTest,
                         testing::Values(Case{"qwen3_tied", "float32", 2e-5},
                                         Case{"qwen3_tied", "bfloat16", 3e-2}),
                         [](const auto& one) { return std::string(one.param.dtype); });

}  // namespace
}  // namespace tuneval
