// Products of few rows, in every dtype that weights are stored in and with every odd size.
#include "tests/support/toy_models.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/linear.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using at::Tensor;

/// In float64, of the values as they are stored.
Tensor exact(const Tensor& x, const Tensor& weight) {
  return at::matmul(x.to(at::kDouble), weight.to(at::kDouble).t());
}

class ProductTest : public testing::TestWithParam<at::ScalarType> {
 protected:
  ProductTest() { at::manual_seed(1); }
  Tensor weight(int64_t out, int64_t in) const { return at::randn({out, in}).to(GetParam()); }
};

TEST_P(ProductTest, FewRowsWhileDecoding) {
  for (const int64_t rows : {1, 2, 3, 4, 5, 7, 8, 17, 33, 64, 65}) {
    for (const auto& [out, in] : std::vector<std::pair<int64_t, int64_t>>{
             {1, 1}, {3, 5}, {7, 16}, {64, 31}, {129, 48}, {50, 576}, {9, 5000}}) {
      const Tensor x = at::randn({rows, in}), w = weight(out, in);
      const c10::InferenceMode decoding;
      EXPECT_LT(test::relative_difference(product(x, w), exact(x, w)), 2e-6)
          << rows << " rows, weight " << out << " x " << in;
    }
  }
}

TEST_P(ProductTest, RowsDoNotDependOnTheRowsBesideThem) {
  const c10::InferenceMode decoding;
  const Tensor x = at::randn({40, 96}), w = weight(50, 96);
  const Tensor together = product(x, w);
  EXPECT_EQ(product(x.narrow(0, 8, 1).clone(), w).size(0), 1);
  EXPECT_LT(
      test::relative_difference(product(x.narrow(0, 8, 1).clone(), w), together.narrow(0, 8, 1)),
      1e-6);
}

TEST_P(ProductTest, GradientsGoThroughAWidenedWeight) {
  const Tensor w = weight(12, 20);
  const Tensor x = at::randn({9, 20}).requires_grad_();
  const Tensor y = product(x, w);
  const Tensor grad = at::randn({9, 12});
  y.backward(grad);
  EXPECT_LT(test::relative_difference(y.detach(), exact(x.detach(), w)), 1e-6);
  EXPECT_LT(test::relative_difference(x.grad(), at::matmul(grad, w.to(at::kFloat))), 1e-6);
}

TEST_P(ProductTest, OfManyRowsInEverySize) {
  for (const int64_t rows : {1, 31, 66, 300}) {
    for (const auto& [out, in] : std::vector<std::pair<int64_t, int64_t>>{
             {1, 1}, {33, 70}, {100, 600}, {64, 1100}, {1200, 32}}) {
      const Tensor w = weight(out, in);
      const Tensor x = at::randn({rows, in}).requires_grad_(), grad = at::randn({rows, out});
      const Tensor y = product(x, w);
      y.backward(grad);
      EXPECT_LT(test::relative_difference(y.detach(), exact(x.detach(), w)), 1e-6)
          << rows << " rows, weight " << out << " x " << in;
      EXPECT_LT(
          test::relative_difference(x.grad(), at::matmul(grad.to(at::kDouble), w.to(at::kDouble))),
          1e-6)
          << rows << " rows, weight " << out << " x " << in;
    }
  }
}

// What a float32 holds beyond the first and the second bfloat16 counts too.
TEST_P(ProductTest, EveryBitOfARowCounts) {
  const Tensor w = at::eye(64).to(GetParam());
  for (const int64_t rows : {1, 8, 100}) {
    const Tensor x = at::randn({rows, 64});
    EXPECT_TRUE(at::equal(product(x, w), x)) << rows << " rows";
    const c10::InferenceMode decoding;
    EXPECT_TRUE(at::equal(product(x, w), x)) << rows << " rows while decoding";
  }
}

// A vocabulary's weight is widened in parts.
TEST_P(ProductTest, AVocabularyIsAsWide) {
  const Tensor w = weight(40000, 6);
  const Tensor x = at::randn({3, 6}).requires_grad_();
  const Tensor y = product(x, w);
  const Tensor grad = at::randn({3, 40000});
  y.backward(grad);
  EXPECT_LT(test::relative_difference(y.detach(), exact(x.detach(), w)), 1e-6);
  EXPECT_LT(
      test::relative_difference(x.grad(), at::matmul(grad.to(at::kDouble), w.to(at::kDouble))),
      1e-5);
}

TEST_P(ProductTest, AViewOfAWeightIsReadInItsOwnRows) {
  const Tensor w = weight(20, 24).t();  // [24, 20], its rows do not follow each other
  const Tensor x = at::randn({2, 20});
  const c10::InferenceMode decoding;
  EXPECT_LT(test::relative_difference(product(x, w), exact(x, w)), 2e-6);
}

TEST_P(ProductTest, AnEmbeddingGivesWhatTheScopeAsksFor) {
  Embedding embedding(11, 6);
  embedding.weight.set_data(weight(11, 6));
  const Tensor ids = at::arange(11);
  EXPECT_EQ(embedding.forward(ids).scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(embedding.forward(ids), embedding.weight.to(at::kFloat)));
}

TEST_P(ProductTest, AMergedAdapterLeavesTheWeightInTheScopesDtype) {
  Linear linear(20, 12, false);
  const Tensor stored = weight(12, 20);
  linear.weight.set_data(stored);
  const Tensor a = at::randn({3, 20}), b = at::randn({12, 3}), x = at::randn({70, 20});
  linear.attach({a, b, 0.5, 0.0});
  const at::NoGradGuard no_grad;
  const Tensor attached = linear.forward(x);
  linear.merge_adapter();
  EXPECT_EQ(linear.weight.scalar_type(), at::kFloat);
  EXPECT_LT(test::relative_difference(linear.forward(x), attached), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Dtypes, ProductTest, testing::Values(at::kFloat, at::kBFloat16, at::kHalf),
                         [](const auto& one) { return std::string(at::toString(one.param)); });

}  // namespace
}  // namespace tuneval
