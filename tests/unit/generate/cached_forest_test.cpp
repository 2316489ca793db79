#include "framework/generate/cached_forest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;

TEST(SlotPoolTest, SlotsAreTakenOnceAndJoinWhenTheyComeBack) {
  SlotPool pool;
  EXPECT_EQ(pool.take(10), 0);
  EXPECT_EQ(pool.take(5), 10);
  EXPECT_EQ(pool.take(7), 15);
  pool.give_back(0, 10);
  EXPECT_EQ(pool.take(4), 0);
  EXPECT_EQ(pool.take(8), 22);  // six are left there, too few
  pool.give_back(10, 5);        // joins them
  EXPECT_EQ(pool.take(11), 4);
  EXPECT_FALSE(pool.take_at(15, 1));
  EXPECT_TRUE(pool.take_at(30, 2));
  EXPECT_EQ(pool.used(), 32);
  EXPECT_EQ(pool.end(), 32);
  pool.give_back(22, 8);
  EXPECT_TRUE(pool.take_at(22, 3));
  EXPECT_FALSE(pool.take_at(25, 6));
  EXPECT_TRUE(pool.take_at(25, 5));
  pool.give_back(25, 7);
  EXPECT_EQ(pool.end(), 25);  // what is free at the end needs no room
}

TEST(SlotPoolTest, NoSlotHasTwoOwners) {
  std::mt19937_64 random(5);
  SlotPool pool;
  std::vector<SlotRange> ranges;
  for (int round = 0; round < 4000; ++round) {
    const auto some = int64_t(1 + random() % 9);
    const size_t at = ranges.empty() ? 0 : random() % ranges.size();
    switch (random() % 4) {
      case 0:
        if (!ranges.empty()) {
          std::vector<SlotRange> kept;
          for (size_t i = 0; i < ranges.size(); ++i) {
            if (i != at) kept.push_back(std::move(ranges[i]));
          }
          ranges.swap(kept);
        }
        break;
      case 1:
        if (!ranges.empty()) ranges[at].extend(some);
        break;
      case 2:
        if (!ranges.empty() && ranges[at].length() > 1) ranges.push_back(ranges[at].split(1));
        break;
      default: ranges.emplace_back(pool, some);
    }
    std::set<int64_t> taken;
    int64_t used = 0;
    for (const SlotRange& range : ranges) {
      used += range.length();
      for (int64_t i = 0; i < range.length(); ++i) taken.insert(range.begin() + i);
    }
    ASSERT_EQ(int64_t(taken.size()), used);
    ASSERT_EQ(pool.used(), used);
    ASSERT_EQ(pool.end(), taken.empty() ? 0 : *taken.rbegin() + 1);
  }
  ranges.clear();
  EXPECT_EQ(pool.used(), 0);
}

/// A row's slots, first token to last.
Ids slots_of(const std::shared_ptr<CachedSegment>& leaf) {
  Ids slots;
  for (const CachedSegment* segment : chain_of(leaf)) {
    for (int64_t i = 0; i < segment->length; ++i) slots.push_back(segment->slots.begin() + i);
  }
  return slots;
}

// Rows that are held for random times: each one's slots hold its own tokens all along, and what
// neighbours share, they share.
TEST(PromptTrieTest, HoldsSortedPromptsWithEachPrefixOnce) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 60; ++round) {
    std::set<Ids> distinct;
    while (distinct.size() < 30) {
      Ids row(1 + random() % 12);
      for (int64_t& id : row) id = int64_t(random() % 3);
      distinct.insert(row);
    }
    const std::vector<Ids> prompts(distinct.begin(), distinct.end());
    SlotPool pool;
    std::map<int64_t, int64_t> cache;  // slot → id
    int64_t computed = 0;
    {
      PromptTrie trie(pool);
      std::vector<std::pair<const Ids*, std::shared_ptr<CachedSegment>>> held;
      for (const Ids& prompt : prompts) {
        held.emplace_back(&prompt, trie.add(prompt));
        size_t depth = 0;
        for (CachedSegment* segment : chain_of(held.back().second)) {
          for (int64_t i = segment->computed; i < segment->length; ++i, ++computed) {
            cache[segment->slots.begin() + i] = prompt[depth + size_t(i)];
          }
          segment->computed = segment->length;
          depth += size_t(segment->length);
        }
        ASSERT_EQ(depth, prompt.size());
        if (random() % 2) held.erase(held.begin() + long(random() % held.size()));
        for (const auto& [row, leaf] : held) {
          Ids found;
          for (const int64_t slot : slots_of(leaf)) found.push_back(cache.at(slot));
          ASSERT_EQ(found, *row);
        }
      }
      EXPECT_EQ(computed, make_forest(prompts).tokens());
    }
    EXPECT_EQ(pool.used(), 0);
  }
}

TEST(SegmentListTest, NumbersParentsFirstAndOnlyWhatIsAskedFor) {
  SlotPool pool;
  PromptTrie trie(pool);
  const auto a = trie.add(Ids{1, 2, 3, 4});
  const auto b = trie.add(Ids{1, 2, 5});
  const auto c = trie.add(Ids{7});
  SegmentList list;
  EXPECT_EQ(list.index_of(*b), 1);
  EXPECT_EQ(list.index_of(*a), 2);
  EXPECT_EQ(list.index_of(*b), 1);
  EXPECT_EQ(list.index_of(*a->parent), 0);
  const std::vector<Segment> segments = list.take();
  ASSERT_EQ(segments.size(), 3u);
  EXPECT_EQ(segments[0].parent, -1);
  EXPECT_EQ(segments[0].length, 2);
  EXPECT_EQ(segments[1].parent, 0);
  EXPECT_EQ(segments[1].begin, 4);
  EXPECT_EQ(segments[2].begin, 2);
  EXPECT_EQ(segments[2].length, 2);
}

}  // namespace
}  // namespace tuneval
