#include "framework/tune/optimizer.h"

#include "framework/tune/checkpoint.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tuneval {
namespace {

using test::message_of;

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
