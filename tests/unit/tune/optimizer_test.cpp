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

// What runs on a GPU, whose host does not look at the numbers.
TEST_F(OptimizerTest, WithoutTheHostsKnowingTheStepsAreTheSame) {
  const at::Tensor there = weight.detach().clone().requires_grad_();
  Optimizer unseen({{"w", there}}, recipe);
  const at::Tensor loss = at::tensor(2.5, at::kDouble);
  for (const float size : {10.0F, 0.01F, 3.0F}) {  // clipped, and not
    const at::Tensor gradient = size * at::rand({3, 2});
    weight.mutable_grad() = gradient.clone();
    there.mutable_grad() = gradient.clone();
    const double norm = optimizer.step(0.1);
    EXPECT_NEAR(unseen.step_there(0.1, loss).item<double>(), norm, 1e-6 * norm);
    EXPECT_TRUE(at::allclose(there, weight, 1e-6, 1e-7));
    EXPECT_FALSE(there.grad().defined());
  }
}

TEST_F(OptimizerTest, WithoutTheHostsKnowingNothingMovesWhereANumberIsNotFinite) {
  const at::Tensor before = weight.detach().clone();
  const float infinity = std::numeric_limits<float>::infinity();
  weight.mutable_grad() = at::full({3, 2}, infinity);
  EXPECT_TRUE(std::isinf(optimizer.step_there(0.1, at::tensor(1.0, at::kDouble)).item<double>()));
  weight.mutable_grad() = at::full({3, 2}, 1.0F);
  optimizer.step_there(0.1, at::tensor(double(infinity), at::kDouble));
  EXPECT_TRUE(at::equal(weight, before));
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
