// attend() against a masked softmax in float64: windows, grouped queries, and caches.
#include "tuneval/layers/attention.h"

#include "attention_reference.h"
#include "forests.h"
#include "sdk/src/attention_plan.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace tuneval::test {
namespace {

using at::Tensor;

constexpr double kScale = 0.35;
/// Float32 against float64.
constexpr double kAttentionTolerance = 5e-6;
/// Where a query sees one key, a gradient is the difference of two equal sums over the head, whose
/// rounding grows with it.
double gradient_tolerance(int64_t dim) {
  return dim <= 8 ? kAttentionTolerance : 2.5e-6 * std::sqrt(double(dim));
}

Tensor reference(const AttentionInputs& in, const Tensor& visible) {
  return masked_softmax(in.q.to(at::kDouble), in.k.to(at::kDouble), in.v.to(at::kDouble), visible,
                        kScale);
}

/// Of 8 in part by LibTorch's own attention: our blocks are of whole registers.
struct Heads {
  int64_t heads, kv_heads, dim;
};
constexpr Heads kHeads[] = {{4, 2, 8}, {3, 3, 8}, {6, 1, 8}, {3, 3, 16}, {6, 1, 80}};
constexpr int64_t kWindows[] = {0, 1, 7, 40, 129, 300};

class AttentionParity : public testing::TestWithParam<ForestCase> {
 protected:
  Forest forest = make_forest(GetParam().rows);
};

TEST_P(AttentionParity, ResultAndGradientsEqualAMaskedSoftmax) {
  double worst = 0.0;
  for (const int64_t window : kWindows) {
    for (const auto& [heads, kv_heads, dim] : kHeads) {
      const AttentionInputs in(forest.tokens(), heads, kv_heads, dim);
      const double difference = difference_from_masked_softmax(forest, in, {kScale, window},
                                                               at::TensorOptions(at::kFloat));
      ASSERT_LT(difference, gradient_tolerance(dim))
          << "window " << window << ", " << heads << " heads";
      worst = std::max(worst, difference / gradient_tolerance(dim));
    }
  }
  RecordProperty("worst_of_tolerance", fmt::format("{:.2f}", worst));
}

TEST_P(AttentionParity, BatchesThatFollowEachOtherThroughACacheEqualOne) {
  const at::NoGradGuard no_grad;
  const int64_t count = forest.tokens();
  std::mt19937_64 random(5);
  for (const int64_t window : kWindows) {
    const Tensor visible = visible_of(forest, window);
    for (const auto& [heads, kv_heads, dim] : kHeads) {
      const AttentionInputs in(count, heads, kv_heads, dim);
      std::vector<int64_t> cuts = {0, count};
      for (int i = 0; i < 4; ++i) cuts.push_back(int64_t(random() % uint64_t(count)));
      cuts.push_back(std::max<int64_t>(0, count - 1));  // one token alone, as in decoding
      std::sort(cuts.begin(), cuts.end());
      Cache cache;
      cache.reserve(count);
      Tensor found = at::full({count, heads * dim}, std::nan(""));
      for (size_t i = 0; i + 1 < cuts.size(); ++i) {
        const int64_t begin = cuts[i], length = cuts[i + 1] - begin;
        if (length == 0) continue;
        const auto part = [&](const Tensor& x) { return x.narrow(0, begin, length); };
        part(found).copy_(attend(part(in.q), part(in.k), part(in.v),
                                 part_of(forest, begin, begin + length), &cache, 0,
                                 {kScale, window}));
      }
      const Tensor expected = reference(in, visible);
      ASSERT_LT(attention_difference(found, expected), kAttentionTolerance)
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
    for (const auto& [heads, kv_heads, dim] : kHeads) {
      const AttentionInputs in(forest.tokens(), heads, kv_heads, dim);
      Cache cache;
      cache.reserve(forest.tokens());
      Tensor found = at::full({forest.tokens(), heads * dim}, std::nan(""));
      for (const Batch& batch : {first, second}) {
        const auto part = [&](const Tensor& x) { return x.index_select(0, batch.slots); };
        found.index_copy_(
            0, batch.slots,
            attend(part(in.q), part(in.k), part(in.v), batch, &cache, 0, {kScale, window}));
      }
      const Tensor expected = reference(in, visible);
      ASSERT_LT(attention_difference(found, expected), kAttentionTolerance)
          << "window " << window << ", " << heads << " heads";
    }
  }
}

// The way back shares its work out to as many parts as the threads ask for.
TEST_P(AttentionParity, HoweverManyThreadsThereAre) {
  const int before = at::get_num_threads();
  for (const int threads : {1, 7}) {
    at::set_num_threads(threads);
    for (const auto& [heads, kv_heads, dim] : kHeads) {
      const AttentionInputs in(forest.tokens(), heads, kv_heads, dim);
      EXPECT_LT(
          difference_from_masked_softmax(forest, in, {kScale, 0}, at::TensorOptions(at::kFloat)),
          gradient_tolerance(dim))
          << threads << " threads, " << heads << " heads of " << dim;
    }
  }
  at::set_num_threads(before);
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
