#include "tuneval/model/batch.h"

#include "tests/support/folder.h"
#include "tuneval/error.h"
#include "tuneval/model/cache.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace tuneval {
namespace {

using test::message_of;
using Ids = std::vector<int64_t>;
using Rows = std::vector<Ids>;

Ids values(const at::Tensor& tensor) {
  return {tensor.data_ptr<int64_t>(), tensor.data_ptr<int64_t>() + tensor.numel()};
}

/// Rows over a small alphabet, so that they share much; some empty, some equal.
Rows random_rows(uint64_t seed) {
  std::mt19937_64 random(seed);
  Rows rows(random() % 12);
  const size_t longest = 1 + random() % 9;
  const uint64_t alphabet = 1 + random() % 3;
  for (Ids& row : rows) {
    row.resize(random() % longest);
    for (int64_t& id : row) id = int64_t(random() % alphabet);
  }
  return rows;
}

class ForestProperties : public testing::TestWithParam<uint64_t> {
 protected:
  Rows rows = random_rows(GetParam());
  Forest forest = make_forest(rows);
};

TEST_P(ForestProperties, EveryRowIsItsPath) {
  ASSERT_EQ(forest.last.size(), rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    Ids ids;
    for (const int64_t slot : forest.path(row)) ids.push_back(forest.ids[size_t(slot)]);
    EXPECT_EQ(ids, rows[row]);
    if (rows[row].empty()) {
      EXPECT_EQ(forest.last[row], -1);
      EXPECT_EQ(forest.last_segment[row], -1);
    }
  }
}

TEST_P(ForestProperties, EveryDistinctPrefixIsOneToken) {
  std::set<Ids> prefixes;
  for (const Ids& row : rows) {
    for (size_t n = 1; n <= row.size(); ++n) prefixes.insert({row.begin(), row.begin() + int(n)});
  }
  EXPECT_EQ(forest.tokens(), int64_t(prefixes.size()));
}

TEST_P(ForestProperties, DescendantsAreOneRange) {
  const auto count = size_t(forest.tokens());
  std::vector<size_t> descendants(count, 0), furthest(count);
  for (size_t slot = count; slot-- > 0;) {
    furthest[slot] = std::max(furthest[slot], slot);
    const int64_t parent = forest.parent[slot];
    ASSERT_LT(parent, int64_t(slot));
    if (parent < 0) continue;
    descendants[size_t(parent)] += descendants[slot] + 1;
    furthest[size_t(parent)] = std::max(furthest[size_t(parent)], furthest[slot]);
  }
  for (size_t slot = 0; slot < count; ++slot) {
    EXPECT_EQ(furthest[slot], slot + descendants[slot]);
  }
}

TEST_P(ForestProperties, SegmentsAreTheRunsBetweenBranches) {
  std::vector<int64_t> children(size_t(forest.tokens()), 0);
  for (const int64_t parent : forest.parent) {
    if (parent >= 0) ++children[size_t(parent)];
  }
  const std::set<int64_t> ends(forest.last.begin(), forest.last.end());
  int64_t next = 0;
  for (size_t i = 0; i < forest.segments.size(); ++i) {
    const Segment& segment = forest.segments[i];
    EXPECT_EQ(segment.begin, next);
    EXPECT_GT(segment.length, 0);
    ASSERT_LT(segment.parent, int64_t(i));
    next += segment.length;
    const int64_t before = forest.parent[size_t(segment.begin)];
    if (segment.parent < 0) {
      EXPECT_EQ(before, -1);
    } else {
      const Segment& above = forest.segments[size_t(segment.parent)];
      EXPECT_EQ(before, above.begin + above.length - 1);
    }
    for (int64_t slot = segment.begin; slot + 1 < next; ++slot) {
      EXPECT_EQ(children[size_t(slot)], 1);
      EXPECT_FALSE(ends.contains(slot));
    }
    EXPECT_TRUE(children[size_t(next - 1)] != 1 || ends.contains(next - 1));
  }
  EXPECT_EQ(next, forest.tokens());
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].empty()) continue;
    const Segment& mine = forest.segments[size_t(forest.last_segment[row])];
    EXPECT_EQ(mine.begin + mine.length - 1, forest.last[row]);
  }
}

TEST_P(ForestProperties, OrderIsThatOfTheRows) {
  ASSERT_EQ(forest.order.size(), rows.size());
  EXPECT_EQ(std::set<int64_t>(forest.order.begin(), forest.order.end()).size(), rows.size());
  for (size_t i = 1; i < forest.order.size(); ++i) {
    EXPECT_LE(rows[size_t(forest.order[i - 1])], rows[size_t(forest.order[i])]);
  }
}

TEST_P(ForestProperties, ABatchSaysOfEachTokenWhereItStands) {
  for (int64_t cached = 0; cached <= forest.tokens(); ++cached) {
    const Batch batch = make_batch(forest, at::kCPU, cached);
    ASSERT_EQ(batch.tokens(), forest.tokens() - cached);
    const Ids ids = values(batch.ids), positions = values(batch.positions);
    const Ids parent = values(batch.parent), slots = values(batch.slots);
    for (size_t i = 0; i < ids.size(); ++i) {
      const size_t slot = i + size_t(cached);
      int64_t depth = 0;
      for (int64_t up = forest.parent[slot]; up >= 0; up = forest.parent[size_t(up)]) ++depth;
      EXPECT_EQ(slots[i], int64_t(slot));
      EXPECT_EQ(ids[i], forest.ids[slot]);
      EXPECT_EQ(parent[i], forest.parent[slot]);
      EXPECT_EQ(positions[i], depth);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ForestProperties, testing::Range<uint64_t>(0, 60));

TEST(BatchTest, PiecesMayLieAnywhereInACache) {
  // A prompt in slots 0 to 3; two answers grow in blocks of their own.
  const std::vector<Segment> segments = {{-1, 0, 4}, {0, 40, 3}, {0, 8, 1}};
  const Batch batch = make_batch({5, 6}, segments, {{1, 2, 1}, {2, 0, 1}}, at::kCPU);
  EXPECT_EQ(values(batch.positions), (Ids{6, 4}));
  EXPECT_EQ(values(batch.slots), (Ids{42, 8}));
  EXPECT_EQ(values(batch.parent), (Ids{41, 3}));
}

TEST(BatchTest, WhatDisagreesIsRefused) {
  const std::vector<Segment> segments = {{-1, 0, 4}, {0, 4, 3}};
  const auto refusal = [&](Ids ids, std::vector<Segment> of, std::vector<Piece> pieces) {
    return message_of<Error>([&] { make_batch(ids, of, pieces, at::kCPU); });
  };
  EXPECT_EQ(refusal({1, 2}, segments, {{0, 0, 4}}),
            "make_batch: 2 token ids for pieces of 4 tokens");
  EXPECT_EQ(refusal({1, 2}, segments, {{1, 2, 2}}),
            "make_batch: piece [2, 4) of segment 1: it has 3 tokens");
  EXPECT_EQ(refusal({}, segments, {{1, 2, 0}}),
            "make_batch: piece [2, 2) of segment 1: it has 3 tokens");
  EXPECT_EQ(refusal({1}, segments, {{0, -1, 1}}),
            "make_batch: piece [-1, 0) of segment 0: it has 4 tokens");
  EXPECT_EQ(refusal({1}, segments, {{2, 0, 1}}), "make_batch: piece of segment 2: there are 2");
  EXPECT_EQ(refusal({1}, segments, {{-1, 0, 1}}), "make_batch: piece of segment -1: there are 2");
  EXPECT_EQ(refusal({1}, {{-1, 0, 1}, {1, 1, 1}}, {{0, 0, 1}}),
            "make_batch: segment 1 has parent 1: expected an earlier one");
}

at::Tensor slots(Ids of) { return at::tensor(of, at::kLong); }

TEST(CacheTest, GrowsAndKeepsWhatItHolds) {
  Cache cache;
  const at::Tensor first = at::rand({2, 3}), second = at::rand({1, 3});
  EXPECT_EQ(message_of<Error>([&] {
              cache.write(0, 0, slots({0, 1}), first);
            }),
            "Cache::write: nothing was reserved");
  cache.reserve(4);
  cache.write(1, 0, slots({3, 1}), first);
  EXPECT_EQ(cache.bytes(), 4 * 3 * 4);
  cache.reserve(2);  // never shrinks
  EXPECT_EQ(cache.bytes(), 4 * 3 * 4);
  cache.reserve(9);
  const at::Tensor all = cache.write(1, 0, slots({8}), second);
  EXPECT_EQ(all.sizes(), (at::IntArrayRef{9, 3}));
  EXPECT_TRUE(at::equal(all[3], first[0]));
  EXPECT_TRUE(at::equal(all[1], first[1]));
  EXPECT_TRUE(at::equal(all[8], second[0]));
  cache.write(1, 1, slots({0}), at::rand({1, 2}));
  EXPECT_EQ(cache.bytes(), 9 * 3 * 4 + 9 * 2 * 4);
}

}  // namespace
}  // namespace tuneval
