#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/linear.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"
#include "tuneval/layers/recompute.h"
#include "tuneval/layers/rope.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tuneval {
namespace {

using at::Tensor;
using test::message_of;
using test::relative_difference;

TEST(BuildScopeTest, ScopesNest) {
  EXPECT_EQ(new_parameter({2}).scalar_type(), at::kFloat);
  {
    const BuildScope outer(at::kCPU, at::kBFloat16);
    {
      const BuildScope inner(at::kMeta, at::kHalf);
      EXPECT_TRUE(new_parameter({2, 3}).is_meta());
    }
    EXPECT_EQ(new_parameter({2}).scalar_type(), at::kBFloat16);
  }
  EXPECT_EQ(new_parameter({2}).scalar_type(), at::kFloat);
}

Config rope_config(const std::string& json) { return Config::parse(json, "m/config.json"); }

TEST(RopeTest, FrequenciesFollowTheBase) {
  const Rope rope(rope_config(R"({"rope_theta": 100.0})"), 8);
  const float* frequency = rope.inverse_frequencies().data_ptr<float>();
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(frequency[i], std::pow(100.0, -i / 4.0), 1e-7);
  const Rope linear(
      rope_config(R"({"rope_theta": 100.0, "rope_scaling": {"type": "linear", "factor": 4.0}})"),
      8);
  EXPECT_NEAR(linear.inverse_frequencies()[1].item<float>(), frequency[1] / 4, 1e-8);
}

TEST(RopeTest, TurnsPairsByTheirAngle) {
  const Rope rope(rope_config(R"({"rope_parameters": {"rope_type": "default", "rope_theta": 10}})"),
                  4);
  const Tensor x = at::rand({2, 3, 4});
  const Tensor turned = rope.at(at::tensor({0, 5}), at::kFloat).apply(x);
  EXPECT_TRUE(at::equal(turned[0], x[0]));
  for (int64_t i = 0; i < 2; ++i) {
    const double angle = 5 * std::pow(10.0, -double(i) / 2);
    const double a = x[1][2][i].item<double>(), b = x[1][2][i + 2].item<double>();
    EXPECT_NEAR(turned[1][2][i].item<double>(), a * std::cos(angle) - b * std::sin(angle), 1e-6);
    EXPECT_NEAR(turned[1][2][i + 2].item<double>(), b * std::cos(angle) + a * std::sin(angle),
                1e-6);
  }
}

TEST(RopeTest, AnotherTypeIsRefusedWithThoseThereAre) {
  const auto refusal = [](const std::string& json) {
    return message_of<ConfigError>([&] { Rope(rope_config(json), 8); });
  };
  EXPECT_EQ(refusal(R"({"rope_parameters": {"rope_type": "longrope", "factor": 2.0}})"),
            "m/config.json: rope_parameters: \"rope_type\" is \"longrope\": supported are "
            "default, linear, llama3, yarn");
  EXPECT_EQ(refusal(R"({"rope_scaling": {"type": "dynamic", "factor": 2.0}})"),
            "m/config.json: rope_scaling: \"rope_type\" is \"dynamic\": supported are default, "
            "linear, llama3, yarn");
  EXPECT_EQ(refusal(R"({"rope_scaling": {"rope_type": "linear"}})"),
            "m/config.json: rope_scaling: \"factor\" is missing");
  EXPECT_EQ(refusal(R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}})"),
            "m/config.json: rope_scaling: \"low_freq_factor\" is missing");
  EXPECT_EQ(refusal(R"({"rope_parameters": {"partial_rotary_factor": 0.5}})"),
            "m/config.json: rope_parameters: \"partial_rotary_factor\" is not supported: expected "
            "1 or none");
}

class LinearTest : public testing::Test {
 protected:
  LinearTest() {
    const at::NoGradGuard no_grad;
    at::manual_seed(3);
    linear.weight.copy_(at::randn({5, 7}));
    linear.bias.copy_(at::randn({5}));
    x = at::randn({3, 7});
    linear.eval();
  }
  Adapter adapter(double dropout = 0.0) const {
    return {at::randn({2, 7}), at::randn({5, 2}), 1.5, dropout};
  }

  Linear linear{7, 5, true};
  Tensor x;
};

TEST_F(LinearTest, AnAdapterIsAddedAndTakenOff) {
  const Tensor before = linear.forward(x);
  const Adapter given = adapter();
  linear.attach(given);
  const Tensor delta = at::matmul(at::matmul(x, given.a.t()), given.b.t()) * 1.5;
  EXPECT_LT(relative_difference(linear.forward(x), before + delta), 1e-6);
  const auto named = linear.named_parameters();
  EXPECT_TRUE(named.contains("lora_A") && named.contains("lora_B"));
  linear.detach_adapter();
  EXPECT_TRUE(at::equal(linear.forward(x), before));
  EXPECT_EQ(linear.named_parameters().size(), 2u);
  linear.detach_adapter();  // nothing to do
  linear.attach(given);     // there is room again
  EXPECT_TRUE(linear.adapter());
}

TEST_F(LinearTest, MergedItIsPartOfTheWeight) {
  linear.attach(adapter());
  const Tensor beside = linear.forward(x);
  linear.merge_adapter();
  EXPECT_FALSE(linear.adapter());
  EXPECT_EQ(linear.named_parameters().size(), 2u);
  EXPECT_LT(relative_difference(linear.forward(x), beside), 1e-6);
  const Tensor merged = linear.weight.clone();
  linear.merge_adapter();  // nothing to do
  EXPECT_TRUE(at::equal(linear.weight, merged));
}

TEST_F(LinearTest, ABfloat16LayerCarriesAFloat32Adapter) {
  const BuildScope scope(at::kCPU, at::kBFloat16);
  Linear narrow(7, 5, false);
  {
    const at::NoGradGuard no_grad;
    narrow.weight.copy_(linear.weight);
  }
  Adapter given = adapter();
  given.a.requires_grad_();
  given.b.requires_grad_();
  narrow.attach(given);
  const Tensor in = x.to(at::kBFloat16);
  const Tensor out = narrow.forward(in);
  EXPECT_EQ(out.scalar_type(), at::kBFloat16);
  out.sum().backward();
  EXPECT_EQ(given.a.grad().scalar_type(), at::kFloat);
  const Tensor wide = at::matmul(in.to(at::kFloat), narrow.weight.to(at::kFloat).t()) +
                      at::matmul(at::matmul(in.to(at::kFloat), given.a.t()), given.b.t()) * 1.5;
  EXPECT_LT(relative_difference(out.to(at::kFloat), wide), 0.02);
  narrow.merge_adapter();
  EXPECT_LT(relative_difference(narrow.forward(in).to(at::kFloat), wide), 0.02);
}

TEST_F(LinearTest, ASecondAdapterAndOneOfAnotherShapeAreRefused) {
  const std::string expected = "Linear::attach: expected A [r, 7] and B [5, r]";
  const auto refusal = [&](Adapter bad) {
    return message_of<Error>([&] { linear.attach(std::move(bad)); });
  };
  EXPECT_EQ(refusal({at::rand({2, 6}), at::rand({5, 2}), 1, 0}), expected);
  EXPECT_EQ(refusal({at::rand({2, 7}), at::rand({4, 2}), 1, 0}), expected);
  EXPECT_EQ(refusal({at::rand({2, 7}), at::rand({5, 3}), 1, 0}), expected);
  EXPECT_EQ(refusal({at::rand({7}), at::rand({5, 2}), 1, 0}), expected);
  EXPECT_EQ(linear.named_parameters().size(), 2u);
  linear.attach(adapter());
  EXPECT_EQ(refusal(adapter()), "Linear::attach: there is an adapter already");
}

TEST_F(LinearTest, DropoutWorksInTrainingOnly) {
  linear.attach(adapter(0.5));
  const Tensor still = linear.forward(x);
  EXPECT_TRUE(at::equal(linear.forward(x), still));
  linear.train();
  at::manual_seed(1);
  const Tensor first = linear.forward(x);
  EXPECT_FALSE(at::equal(first, still));
  EXPECT_FALSE(at::equal(linear.forward(x), first));
  at::manual_seed(1);
  EXPECT_TRUE(at::equal(linear.forward(x), first));
}

/// A module's output and the gradient of its input, beside a composition of ATen's own operators.
template <class Module, class Plain>
void expect_same_gradients(Module& module, const Plain& plain, const Tensor& x) {
  const Tensor grad = at::randn_like(x);
  const Tensor a = x.clone().requires_grad_(), b = x.clone().requires_grad_();
  for (Tensor parameter : module.parameters()) {
    parameter.requires_grad_();
    parameter.mutable_grad().reset();
  }
  const Tensor found = module.forward(a);
  found.backward(grad);
  std::vector<Tensor> gradients;
  for (Tensor parameter : module.parameters()) {
    gradients.push_back(parameter.grad().clone());
    parameter.mutable_grad().reset();
  }
  const Tensor expected = plain(b);
  expected.backward(grad);
  EXPECT_LT(relative_difference(found, expected), 1e-6);
  EXPECT_LT(relative_difference(a.grad(), b.grad()), 2e-6);
  for (size_t i = 0; i < gradients.size(); ++i) {
    EXPECT_LT(relative_difference(gradients[i], module.parameters()[i].grad()), 2e-6);
  }
}

template <class Module>
void fill(Module& module) {
  const at::NoGradGuard no_grad;
  at::manual_seed(5);
  for (Tensor parameter : module.parameters()) parameter.copy_(at::randn(parameter.sizes()));
}

TEST(NormTest, OwnBackwardEqualsATens) {
  RmsNorm norm(6, 1e-5);
  fill(norm);
  const auto plain = [&](const Tensor& x) {
    return x * at::rsqrt((x * x).mean(-1, true) + 1e-5) * norm.weight;
  };
  expect_same_gradients(norm, plain, at::randn({4, 6}));
  expect_same_gradients(norm, plain, at::randn({4, 3, 6}));
}

TEST(GatedMlpTest, OwnBackwardEqualsATens) {
  GatedMlp mlp(6, 9, {.bias = true});
  fill(mlp);
  const auto p = mlp.named_parameters();
  const auto linear = [&](const Tensor& x, const std::string& name) {
    return at::linear(x, p[name + ".weight"], p[name + ".bias"]);
  };
  const auto plain = [&](const Tensor& x) {
    return linear(at::silu(linear(x, "gate_proj")) * linear(x, "up_proj"), "down_proj");
  };
  expect_same_gradients(mlp, plain, at::randn({4, 6}));
}

TEST(RecomputeTest, DropoutAndGradientsAreTheSame) {
  at::manual_seed(8);
  const Tensor weight = at::randn({6, 6}).requires_grad_();
  const auto block = [&](const Tensor& x) {
    return at::dropout(at::matmul(x, weight), 0.5, true).tanh();
  };
  const Tensor x = at::randn({4, 6});
  const auto run = [&](bool on, bool asks) {
    at::manual_seed(9);
    weight.mutable_grad().reset();
    const RecomputeScope scope(on);
    const Tensor in = x.clone().requires_grad_(asks);
    const Tensor out = recompute(block, recompute(block, in));
    const Tensor drawn = at::rand({2});  // from the generator as the blocks left it
    out.sum().backward();
    return std::vector<Tensor>{out.detach(), weight.grad().clone(), drawn, at::rand({2}),
                               asks ? in.grad() : Tensor(at::zeros({1}))};
  };
  for (const bool asks : {true, false}) {
    const auto kept = run(false, asks), again = run(true, asks);
    for (size_t i = 0; i < kept.size(); ++i) EXPECT_TRUE(at::equal(kept[i], again[i])) << i;
  }
}

// As with an adapter on the head alone: no layer has anything to learn.
TEST(RecomputeTest, ABlockThatLearnsNothingIsPassedOver) {
  at::manual_seed(8);
  const Tensor fixed = at::randn({6, 6}), head = at::randn({6, 2}).requires_grad_();
  const RecomputeScope scope(true);
  const Tensor hidden =
      recompute([&](const Tensor& x) { return at::matmul(x, fixed); }, at::randn({4, 6}));
  at::matmul(hidden, head).sum().backward();
  EXPECT_LT(relative_difference(head.grad(), hidden.detach().sum(0).unsqueeze(1).expand({6, 2})),
            1e-6);
}

}  // namespace
}  // namespace tuneval
