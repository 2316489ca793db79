// Batches that follow each other through a cache against one batch of all tokens.
#include "cached.h"

#include <ATen/Functions.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

using at::Tensor;

/// Of the largest logit.
constexpr double kCacheTolerance = 1e-5;

class CacheParity : public testing::TestWithParam<std::string> {
 protected:
  Tensor run(const Batch& batch, Cache* cache) { return logits_of(*model.lm, batch, cache); }
  Tensor run_cut(const Forest& forest, const std::vector<int64_t>& cuts) {
    return logits_in_parts(*model.lm, forest, cuts);
  }
  Tensor whole(const Forest& forest) { return run(make_batch(forest, at::kCPU), nullptr); }
  void expect_equal(const Tensor& found, const Tensor& expected) {
    worst = std::max(worst, relative_difference(found, expected));
    EXPECT_LT(worst, kCacheTolerance);
  }
  void TearDown() override { RecordProperty("worst", fmt::format("{:.2e}", worst)); }

  LoadedModel model = open_toy(GetParam());
  double worst = 0.0;
};

// 33 tokens: past every toy's window, so that keys leave it while the cache is read.
TEST_P(CacheParity, APrefillAndOneTokenAtATimeEqualTheWholeRow) {
  const Forest forest = make_forest(TokenRows{random_ids(33, 1)});
  const Tensor expected = whole(forest);
  for (const int64_t prefill : {1, 2, 7, 20}) {
    expect_equal(run_cut(forest, cuts_of(forest, prefill, 1)), expected);
  }
}

TEST_P(CacheParity, BlocksEqualTheWholeRow) {
  const Forest forest = make_forest(TokenRows{random_ids(40, 2)});
  const Tensor expected = whole(forest);
  for (const int64_t block : {2, 3, 5, 8, 13}) {
    expect_equal(run_cut(forest, cuts_of(forest, block, block)), expected);
  }
}

// The end of a segment that others see whole, in one short batch with them.
TEST_P(CacheParity, AnEndAndWhatBranchesOffBehindIt) {
  TokenRows rows;
  for (size_t i = 0; i < 3; ++i) {
    rows.push_back(joined(random_ids(30, 3), joined({int64_t(10 + i)}, random_ids(3, 50 + i))));
  }
  const Forest forest = make_forest(rows);
  expect_equal(run_cut(forest, {22, forest.tokens()}), whole(forest));
}

TEST_P(CacheParity, ForestsInBlocksEqualWholeForests) {
  for (const ForestCase& one : forest_cases()) {
    const Forest forest = make_forest(one.rows);
    if (forest.tokens() > 300) continue;
    const Tensor expected = whole(forest);
    for (const int64_t block : {1, 7}) {
      SCOPED_TRACE(one.name);
      expect_equal(run_cut(forest, cuts_of(forest, block, block)), expected);
    }
  }
}

TEST_P(CacheParity, TheLastTokensOfAllRowsDecodedTogetherEqualWholeForests) {
  for (const ForestCase& one : forest_cases()) {
    const Forest forest = make_forest(one.rows);
    SCOPED_TRACE(one.name);
    expect_equal(logits_with_leaves_last(*model.lm, forest), whole(forest));
  }
}

// As when the slots of rows that have ended are given to others: all that a token reads of the
// cache is found by its ancestors' slots, not by what lies beside them.
TEST_P(CacheParity, SlotsInAnyOrderGiveTheSame) {
  const std::vector<int64_t> row = random_ids(24, 3);
  const Forest forest = make_forest(TokenRows{row});
  const Tensor expected = whole(forest);
  constexpr int64_t kBlock = 4;
  const int64_t blocks = int64_t(row.size()) / kBlock;
  Cache cache;
  cache.reserve(int64_t(row.size()));
  std::vector<Segment> segments;
  std::vector<Tensor> parts;
  for (const int64_t id : row) {
    if (segments.empty() || segments.back().length == kBlock) {
      const auto count = int64_t(segments.size());
      segments.push_back({count - 1, (blocks - 1 - count) * kBlock, 0});  // the last lies first
    }
    const Piece piece = {int64_t(segments.size()) - 1, segments.back().length++, 1};
    parts.push_back(run(make_batch({id}, segments, {piece}, at::kCPU), &cache));
  }
  expect_equal(at::cat(parts), expected);
}

INSTANTIATE_TEST_SUITE_P(Models, CacheParity,
                         testing::Values("qwen3_tied", "qwen3_yarn", "llama_rope3", "llama_bias",
                                         "gemma3_window", "gemma3_pattern", "gemma3_untied",
                                         "gemma3_vision", "lfm2_indices", "lfm2_types",
                                         "lfm2_untied"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval::test
