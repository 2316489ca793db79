#include "framework/synth/near_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tuneval {
namespace {

using Words = std::vector<uint32_t>;

/// By the table of all prefixes.
double rouge_l(const Words& a, const Words& b) {
  if (a.empty() || b.empty()) return 0.0;
  std::vector<size_t> row(b.size() + 1);
  for (const uint32_t word : a) {
    size_t diagonal = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
      diagonal = above;
    }
  }
  return 2 * double(row.back()) / double(a.size() + b.size());
}

Words drawn_words(size_t count, uint32_t vocabulary, std::mt19937_64& random) {
  Words words(count);
  for (uint32_t& word : words) word = uint32_t(random() % vocabulary);
  return words;
}

/// Texts of which many are another one with some words changed, put in, left out or moved.
std::vector<Words> related_texts(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Words> bases;
  for (size_t i = 0; i < 15; ++i) bases.push_back(drawn_words(1 + random() % 70, 60, random));
  std::vector<Words> texts;
  for (size_t i = 0; i < count; ++i) {
    Words words = bases[random() % bases.size()];
    for (uint64_t n = random() % 6; n > 0 && words.size() > 1; --n) {
      const auto at = words.begin() + long(random() % words.size());
      switch (random() % 4) {
        case 0: *at = uint32_t(random() % 60); break;
        case 1: words.insert(at, uint32_t(random() % 60)); break;
        case 2: words.erase(at); break;
        default: std::rotate(words.begin(), at, words.end());
      }
    }
    texts.push_back(std::move(words));
  }
  return texts;
}

TEST(WordMatcherTest, IsTwiceTheCommonSubsequenceByTheWordsOfBoth) {
  const std::vector<Words> texts = related_texts(60, 1);
  for (const Words& one : texts) {
    WordMatcher matcher(one);
    for (const Words& other : texts) {
      EXPECT_DOUBLE_EQ(matcher.similarity(other), rouge_l(one, other));
      const double least = 0.7, exact = rouge_l(one, other);
      const double found = matcher.similarity(other, least);
      if (exact >= least) {
        EXPECT_DOUBLE_EQ(found, exact);
      }
      if (found > 0) {
        EXPECT_DOUBLE_EQ(found, exact);
      }
    }
  }
  EXPECT_EQ(WordMatcher(Words{}).similarity(Words{1, 2}), 0.0);
  EXPECT_EQ(WordMatcher(Words{1, 2}).similarity(Words{}), 0.0);
}

TEST(NearIndexTest, FindsWhatComparingWithAllFinds) {
  size_t near = 0;
  for (const double threshold : {0.3, 0.6, 0.67, 0.7, 0.8, 0.9, 0.95, 1.0}) {
    const std::vector<Words> texts = related_texts(250, uint64_t(threshold * 100));
    NearIndex index(threshold);
    for (size_t i = 0; i < texts.size(); ++i) {
      NearText best;
      for (size_t k = 0; k < i; ++k) {
        const double similarity = rouge_l(texts[i], texts[k]);
        if (similarity + 1e-9 >= threshold && similarity > best.similarity) best = {k, similarity};
      }
      const std::optional<NearText> found = index.find(texts[i]);
      ASSERT_EQ(found.has_value(), best.similarity > 0) << threshold << ", text " << i;
      if (found) {
        EXPECT_DOUBLE_EQ(found->similarity, best.similarity) << threshold << ", text " << i;
        EXPECT_EQ(found->text, best.text) << threshold << ", text " << i;
        ++near;
      }
      index.add(texts[i]);
    }
    EXPECT_EQ(index.size(), texts.size());
  }
  EXPECT_GT(near, 500u);
}

/// Prompts of a few words, as a smart home is told them.
TEST(NearIndexTest, ShortTextsToo) {
  std::mt19937_64 random(5);
  for (const double threshold : {0.5, 0.75, 0.8, 0.95}) {
    NearIndex index(threshold);
    std::vector<Words> texts;
    for (int i = 0; i < 600; ++i) {
      Words text = drawn_words(random() % 7, 8, random);
      double best = 0.0;
      for (const Words& other : texts) best = std::max(best, rouge_l(text, other));
      const std::optional<NearText> found = index.find(text);
      ASSERT_EQ(found.has_value(), best + 1e-9 >= threshold) << threshold << ", text " << i;
      if (found) {
        EXPECT_DOUBLE_EQ(found->similarity, best);
      }
      index.add(text);
      texts.push_back(std::move(text));
    }
  }
}

TEST(NearIndexTest, NothingIsLikeATextWithoutWords) {
  NearIndex index(0.5);
  index.add({});
  index.add({1, 2, 3});
  EXPECT_FALSE(index.find(Words{}));
  EXPECT_TRUE(index.find(Words{1, 2, 3}));
  EXPECT_EQ(index.find(Words{1, 2, 3})->text, 1u);
}

/// Rows of one template share most of their words; what tells them apart is rare.
TEST(NearIndexTest, ThousandsOfRowsOfOneTemplateAreTakenOneByOne) {
  std::mt19937_64 random(3);
  NearIndex index(0.95);
  size_t near = 0;
  for (int i = 0; i < 5000; ++i) {
    Words words;
    for (uint32_t k = 0; k < 50; ++k) words.push_back(k);
    for (int k = 0; k < 4; ++k) words[random() % 50] = uint32_t(100 + random() % 3000);
    near += index.find(words).has_value();
    index.add(std::move(words));
  }
  EXPECT_EQ(index.size(), 5000u);
  EXPECT_LT(near, 5000u);
}

}  // namespace
}  // namespace tuneval
