// attend() against a masked softmax in float64: windows, grouped queries, and caches.
#include "tuneval/layers/attention.h"

#include "forests.h"
#include "sdk/src/attention_plan.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <limits>
#include <random>
#include <set>

namespace tuneval::test {
namespace {

using at::Tensor;

constexpr int64_t kHeadDim = 8;
constexpr double kScale = 0.35;
/// Of the largest value, or of 1 where all are smaller (the gradients of a window of one are zero,
/// as differences of numbers of that size): float32 against float64.
constexpr double kTolerance = 5e-6;

double difference_of(const Tensor& found, const Tensor& expected) {
  return relative_difference(found, expected, 1.0);
}

/// bool [tokens, tokens]: a token sees itself and its ancestors, the last `window` of them.
Tensor visible_of(const Forest& forest, int64_t window) {
  const int64_t count = forest.tokens();
  Tensor visible = at::zeros({count, count}, at::kBool);
  bool* cell = visible.data_ptr<bool>();
  for (int64_t token = 0; token < count; ++token) {
    int64_t seen = 0;
    for (int64_t slot = token; slot >= 0 && (window == 0 || seen < window); ++seen) {
      cell[token * count + slot] = true;
      slot = forest.parent[size_t(slot)];
    }
  }
  return visible;
}

/// [tokens, heads · dim], every step written out.
Tensor reference(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& visible) {
  const int64_t shared = q.size(1) / k.size(1);
  const Tensor keys = k.repeat_interleave(shared, 1).permute({1, 2, 0});    // [heads, dim, tokens]
  const Tensor values = v.repeat_interleave(shared, 1).permute({1, 0, 2});  // [heads, tokens, dim]
  const Tensor scores = at::matmul(q.permute({1, 0, 2}), keys) * kScale;
  const Tensor hidden = scores.masked_fill(visible.logical_not().unsqueeze(0),
                                           -std::numeric_limits<double>::infinity());
  return at::matmul(hidden.softmax(-1), values).permute({1, 0, 2}).flatten(1);
}

struct Inputs {
  Inputs(int64_t tokens, int64_t heads, int64_t kv_heads) {
    at::manual_seed(11);
    q = at::randn({tokens, heads, kHeadDim});
    k = at::randn({tokens, kv_heads, kHeadDim});
    v = at::randn({tokens, kv_heads, kHeadDim});
    grad = at::randn({tokens, heads * kHeadDim});
  }
  Tensor q, k, v, grad;
};

struct Heads {
  int64_t heads, kv_heads;
};
constexpr Heads kHeads[] = {{4, 2}, {3, 3}, {6, 1}};
constexpr int64_t kWindows[] = {0, 1, 7, 40, 129, 300};

class AttentionParity : public testing::TestWithParam<ForestCase> {
 protected:
  Forest forest = make_forest(GetParam().rows);
};

TEST_P(AttentionParity, ResultAndGradientsEqualAMaskedSoftmax) {
  const Batch batch = make_batch(forest, at::kCPU);
  double worst = 0.0;
  for (const int64_t window : kWindows) {
    const Tensor visible = visible_of(forest, window);
    for (const auto& [heads, kv_heads] : kHeads) {
      const Inputs in(forest.tokens(), heads, kv_heads);
      std::vector<Tensor> narrow, wide;
      for (const Tensor& one : {in.q, in.k, in.v}) {
        narrow.push_back(one.clone().requires_grad_());
        wide.push_back(one.to(at::kDouble).requires_grad_());
      }
      const Tensor found =
          attend(narrow[0], narrow[1], narrow[2], batch, nullptr, 0, {kScale, window});
      const Tensor expected = reference(wide[0], wide[1], wide[2], visible);
      torch::autograd::backward({found}, {in.grad});
      torch::autograd::backward({expected}, {in.grad.to(at::kDouble)});
      worst = std::max(worst, difference_of(found, expected));
      for (size_t i = 0; i < 3; ++i) {
        worst = std::max(worst, difference_of(narrow[i].grad(), wide[i].grad()));
      }
      ASSERT_LT(worst, kTolerance) << "window " << window << ", " << heads << " heads";
    }
  }
  RecordProperty("worst", fmt::format("{:.2e}", worst));
}

TEST_P(AttentionParity, BatchesThatFollowEachOtherThroughACacheEqualOne) {
  const at::NoGradGuard no_grad;
  const int64_t count = forest.tokens();
  std::mt19937_64 random(5);
  for (const int64_t window : kWindows) {
    const Tensor visible = visible_of(forest, window);
    for (const auto& [heads, kv_heads] : kHeads) {
      const Inputs in(count, heads, kv_heads);
      std::vector<int64_t> cuts = {0, count};
      for (int i = 0; i < 4; ++i) cuts.push_back(int64_t(random() % uint64_t(count)));
      cuts.push_back(std::max<int64_t>(0, count - 1));  // one token alone, as in decoding
      std::sort(cuts.begin(), cuts.end());
      Cache cache;
      cache.reserve(count);
      Tensor found = at::full({count, heads * kHeadDim}, std::nan(""));
      for (size_t i = 0; i + 1 < cuts.size(); ++i) {
        const int64_t begin = cuts[i], length = cuts[i + 1] - begin;
        if (length == 0) continue;
        const auto part = [&](const Tensor& x) { return x.narrow(0, begin, length); };
        part(found).copy_(attend(part(in.q), part(in.k), part(in.v),
                                 part_of(forest, begin, begin + length), &cache, 0,
                                 {kScale, window}));
      }
      const Tensor expected =
          reference(in.q.to(at::kDouble), in.k.to(at::kDouble), in.v.to(at::kDouble), visible);
      ASSERT_LT(difference_of(found, expected), kTolerance)
          << "window " << window << ", " << heads << " heads, cuts " << cuts[1] << " " << cuts[2]
          << " " << cuts[3] << " " << cuts[4];
    }
  }
}

TEST_P(AttentionParity, TokensOfAllRowsDecodedTogetherEqualOneBatch) {
  const at::NoGradGuard no_grad;
  const auto [first, second] = without_leaves_and_leaves(forest);
  for (const int64_t window : kWindows) {
    const Tensor visible = visible_of(forest, window);
    for (const auto& [heads, kv_heads] : kHeads) {
      const Inputs in(forest.tokens(), heads, kv_heads);
      Cache cache;
      cache.reserve(forest.tokens());
      Tensor found = at::full({forest.tokens(), heads * kHeadDim}, std::nan(""));
      for (const Batch& batch : {first, second}) {
        const auto part = [&](const Tensor& x) { return x.index_select(0, batch.slots); };
        found.index_copy_(
            0, batch.slots,
            attend(part(in.q), part(in.k), part(in.v), batch, &cache, 0, {kScale, window}));
      }
      const Tensor expected =
          reference(in.q.to(at::kDouble), in.k.to(at::kDouble), in.v.to(at::kDouble), visible);
      ASSERT_LT(difference_of(found, expected), kTolerance)
          << "window " << window << ", " << heads << " heads";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, AttentionParity, testing::ValuesIn(forest_cases()),
                         [](const auto& one) { return one.param.name; });

std::string kind_of(const AttentionGroup& group) {
  if (!group.own) return "shared";
  std::string kind = group.causal ? "triangle" : group.visible.defined() ? "mask" : "all visible";
  kind += group.pairs == 1 ? ", one pair" : ", several pairs";
  if (group.pairs == 1) kind += group.key_begin < 0 ? ", gathered keys" : ", range of keys";
  if (group.query_valid.defined()) kind += ", padded";
  return kind;
}

// The cases above would prove little if attention took the same way through all of them.
TEST(AttentionParityCases, CoverEveryKindOfGroup) {
  std::set<std::string> kinds;
  const auto note = [&](const Batch& batch, int64_t window) {
    const auto plan = batch.plan(window);
    for (const AttentionGroup& group : plan->groups) kinds.insert(kind_of(group));
  };
  for (const ForestCase& one : forest_cases()) {
    const Forest forest = make_forest(one.rows);
    const Batch whole = make_batch(forest, at::kCPU);
    for (const int64_t window : kWindows) note(whole, window);
    note(without_leaves_and_leaves(forest).second, 0);
    note(part_of(forest, forest.tokens() - 1, forest.tokens()), 0);
  }
  const std::set<std::string> expected = {"shared",
                                          "triangle, one pair, range of keys",
                                          "mask, one pair, range of keys",
                                          "mask, one pair, gathered keys",
                                          "mask, several pairs",
                                          "mask, several pairs, padded",
                                          "all visible, one pair, range of keys",
                                          "all visible, one pair, gathered keys",
                                          "all visible, several pairs"};
  EXPECT_EQ(kinds, expected);
}

}  // namespace
}  // namespace tuneval::test
