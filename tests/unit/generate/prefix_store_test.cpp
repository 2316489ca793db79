#include "framework/generate/prefix_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;

/// A row that has its prompt, and perhaps an answer, in the cache.
struct HeldRow {
  Ids ids;
  std::shared_ptr<CachedSegment> leaf;
};

/// A store whose cache is a map from slots to tokens.
class PrefixStoreTest : public testing::Test {
 protected:
  HeldRow hold(const Ids& prompt) {
    const auto leaf = store.add(prompt);
    EXPECT_LT(leaf->computed, leaf->length) << "the last token is not to be computed yet";
    size_t depth = 0;
    for (CachedSegment* segment : chain_of(leaf)) {
      for (int64_t i = segment->computed; i < segment->length; ++i, ++computed) {
        cache[segment->slots.begin() + i] = prompt[depth + size_t(i)];
      }
      segment->computed = segment->length;
      depth += size_t(segment->length);
    }
    EXPECT_EQ(depth, prompt.size());
    return {prompt, leaf};
  }
  /// Tokens behind the row, in blocks of slots of its own of which the last is not full.
  void answer(HeldRow& row, const Ids& tokens) {
    constexpr int64_t kBlock = 4;
    for (size_t at = 0; at < tokens.size(); at += size_t(kBlock)) {
      const auto length = std::min(kBlock, int64_t(tokens.size() - at));
      row.leaf = std::make_shared<CachedSegment>(row.leaf, SlotRange(pool, kBlock), length);
      for (int64_t i = 0; i < length; ++i) {
        cache[row.leaf->slots.begin() + i] = tokens[at + size_t(i)];
        row.ids.push_back(tokens[at + size_t(i)]);
      }
    }
  }
  void keep(HeldRow& row) {
    store.keep(row.ids, row.leaf);
    row.leaf = nullptr;
  }
  Ids in_cache(const HeldRow& row) {
    Ids found;
    for (const CachedSegment* segment : chain_of(row.leaf)) {
      for (int64_t i = 0; i < segment->length; ++i) {
        found.push_back(cache.at(segment->slots.begin() + i));
      }
    }
    return found;
  }

  SlotPool pool;
  PrefixStore store{pool};
  std::map<int64_t, int64_t> cache;  // slot → token
  int64_t computed = 0;
};

TEST_F(PrefixStoreTest, APrefixIsFoundInWhateverOrderPromptsCome) {
  hold({1, 2, 3, 4, 5});
  EXPECT_EQ(store.known(Ids{1, 2, 3, 9}), 3);
  hold({1, 2, 3, 9});  // branches off in the middle
  EXPECT_EQ(computed, 5 + 1);
  hold({1, 2, 3, 4, 5, 6, 7});  // goes on behind a whole prompt
  EXPECT_EQ(computed, 5 + 1 + 2);
  hold({1, 2});  // ends inside: its last token anew
  EXPECT_EQ(computed, 5 + 1 + 2 + 1);
  hold({8});
  EXPECT_EQ(computed, 5 + 1 + 2 + 1 + 1);
  hold({1, 2, 3, 9, 9});
  EXPECT_EQ(computed, 5 + 1 + 2 + 1 + 1 + 1);
}

TEST_F(PrefixStoreTest, EqualPromptsShareAllButTheLastToken) {
  HeldRow first = hold({1, 2, 3});
  HeldRow second = hold({1, 2, 3});
  EXPECT_EQ(computed, 4);
  EXPECT_NE(first.leaf, second.leaf);
  answer(first, {7, 7});
  answer(second, {8});
  EXPECT_EQ(in_cache(first), (Ids{1, 2, 3, 7, 7}));
  EXPECT_EQ(in_cache(second), (Ids{1, 2, 3, 8}));
  keep(first);
  keep(second);
  EXPECT_EQ(store.known(Ids{1, 2, 3, 7, 7, 5}), 5);
  EXPECT_EQ(store.known(Ids{1, 2, 3, 8, 5}), 4);
  EXPECT_EQ(pool.used(), 3 + 2 + 1);  // nothing twice, and no slot that nothing came to
}

TEST_F(PrefixStoreTest, AConversationGoesOnBehindItsAnswer) {
  HeldRow row = hold({1, 2, 3});
  answer(row, {10, 11, 12, 13, 14, 15});
  keep(row);
  computed = 0;
  const Ids next = {1, 2, 3, 10, 11, 12, 13, 14, 15, 20, 21};
  EXPECT_EQ(store.known(next), 9);
  const HeldRow goes_on = hold(next);
  EXPECT_EQ(computed, 2);
  EXPECT_EQ(in_cache(goes_on), next);
}

TEST_F(PrefixStoreTest, WhatWasUsedLongestAgoGoesFirst) {
  for (const int64_t first : {1, 2, 3}) hold({first, 10, 11, 12});
  EXPECT_EQ(pool.used(), 12);
  store.known(Ids{1, 10, 11, 12});  // used once more
  store.shrink(12);
  EXPECT_EQ(pool.used(), 12);
  store.shrink(11);
  EXPECT_EQ(pool.used(), 8);
  EXPECT_EQ(store.known(Ids{2, 10}), 0);
  store.shrink(7);
  EXPECT_EQ(store.known(Ids{3, 10}), 0);
  EXPECT_EQ(store.known(Ids{1, 10}), 2);
}

TEST_F(PrefixStoreTest, WhatARowHoldsStays) {
  const HeldRow row = hold({1, 2, 3, 4});
  hold({1, 2, 9});
  EXPECT_EQ(store.spare(), 1);
  store.shrink(0);
  EXPECT_EQ(store.spare(), 0);
  EXPECT_EQ(pool.used(), 4);
  EXPECT_EQ(in_cache(row), row.ids);
  EXPECT_EQ(store.known(Ids{1, 2, 9}), 2);
}

// Rows of all kinds that come, answer, are kept or dropped while room is taken back: each one's
// slots hold its own tokens all along.
TEST_F(PrefixStoreTest, NoRowLosesATokenWhateverTheOthersDo) {
  std::mt19937_64 random(23);
  const auto some = [&](size_t most) {
    Ids ids(1 + random() % most);
    for (int64_t& id : ids) id = int64_t(random() % 3);
    return ids;
  };
  std::vector<HeldRow> rows;
  std::vector<Ids> kept = {{0}};
  for (int round = 0; round < 3000; ++round) {
    const size_t at = rows.empty() ? 0 : random() % rows.size();
    switch (random() % 6) {
      case 0: rows.push_back(hold(some(12))); break;
      case 1: {
        Ids longer = kept[random() % kept.size()];
        const Ids more = some(3);
        longer.insert(longer.end(), more.begin(), more.end());
        rows.push_back(hold(longer));
        break;
      }
      case 2:
        if (!rows.empty()) answer(rows[at], some(9));
        break;
      case 3:
        if (rows.empty()) break;
        kept.push_back(rows[at].ids);
        keep(rows[at]);
        rows.erase(rows.begin() + long(at));
        break;
      case 4:
        if (rows.size() > 5) rows.erase(rows.begin() + long(at));
        break;
      default: {
        const int64_t held = pool.used() - store.spare();
        const int64_t most = round % 10 == 0 ? 0 : pool.used() - int64_t(random() % 20);
        store.shrink(most);
        ASSERT_LE(pool.used(), std::max(most, held)) << round;
        ASSERT_GE(pool.used(), held) << round;
      }
    }
    for (const HeldRow& row : rows) ASSERT_EQ(in_cache(row), row.ids) << round;
  }
  rows.clear();
  store.shrink(0);
  EXPECT_EQ(pool.used(), 0);
}

}  // namespace
}  // namespace tuneval
