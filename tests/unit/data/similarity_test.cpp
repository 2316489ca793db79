#include "framework/data/similarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <string>

namespace tuneval {
namespace {

using Words = std::vector<uint32_t>;

std::vector<Words> words_of(const std::vector<std::string>& texts) {
  std::vector<Words> lists;
  for (const std::string& text : texts) lists.push_back(hash_words(text));
  return lists;
}

std::vector<NearTexts> near(const std::vector<std::string>& known,
                            const std::vector<std::string>& fresh, double threshold = 0.8) {
  return find_near(words_of(known), words_of(fresh), threshold);
}

TEST(HashWordsTest, CaseSpaceAndPunctuationDoNotCount) {
  EXPECT_EQ(hash_words("Turn it ON, please!"), hash_words("  turn\tit (on)\nplease"));
  EXPECT_EQ(hash_words("Turn it on").size(), 3u);
  EXPECT_NE(hash_words("Turn it on"), hash_words("Turn it off"));
  EXPECT_EQ(hash_words("..., !"), Words());
  EXPECT_EQ(hash_words(""), Words());
}

TEST(HashWordsTest, SignsAndLongCharactersAreWords) {
  EXPECT_NE(hash_words("3 + 4"), hash_words("3 - 4"));
  EXPECT_EQ(hash_words("3+4").size(), 3u);
  EXPECT_EQ(hash_words("Zoé läuft").size(), 2u);
  EXPECT_EQ(hash_words("你好").size(), 2u);
  EXPECT_NE(hash_words("€20"), hash_words("£20"));
  EXPECT_EQ(hash_words("a\xE4").size(), 2u);  // cut off in a character: survived
}

TEST(FindNearTest, OneChangedWordInALongTextIsNear) {
  const std::string text =
      "please send me a new card because the one that I had was eaten by the machine near the "
      "station on my way to work this morning";
  std::string other = text;
  other.replace(other.find("eaten"), 5, "taken");
  const auto found =
      near({"another text about other things", text}, {other, "and one more text"}, 0.75);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].known, 1u);
  EXPECT_EQ(found[0].fresh, 0u);
  // 27 words, 25 triples each, 3 of them changed.
  EXPECT_DOUBLE_EQ(found[0].similarity, 22.0 / 28.0);
}

TEST(FindNearTest, TheThresholdIsReachedOrNot) {
  // Ten words and one more: 8 of 9 triples.
  const std::string text = "a b c d e f g h i j";
  EXPECT_EQ(near({text, "x"}, {text + " k"}, 8.0 / 9.0).size(), 1u);
  EXPECT_EQ(near({text, "x"}, {text + " k"}, 0.89).size(), 0u);
}

TEST(FindNearTest, ShortTextsAreNearWhenTheirWordsAreTheSame) {
  const auto found = near({"Blinds up.", "On!"}, {"blinds UP", "blinds down", "on"});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].known, 0u);
  EXPECT_EQ(found[0].fresh, 0u);
  EXPECT_EQ(found[1].known, 1u);
  EXPECT_EQ(found[1].fresh, 2u);
  EXPECT_EQ(found[1].similarity, 1.0);
}

TEST(FindNearTest, WhatAllTextsShareDoesNotCount) {
  std::string before = "Sort this into one of these classes:", after = "Answer with the name.";
  for (int i = 0; i < 100; ++i) before += " class " + std::to_string(i);
  const auto around = [&](const std::string& text) { return before + "\n" + text + "\n" + after; };
  EXPECT_EQ(near({around("my card is lost"), around("where is my money")},
                 {around("how do I pay"), around("who are you")})
                .size(),
            0u);
  EXPECT_EQ(near({around("my card is lost"), around("where is my money")},
                 {around("My card is lost!"), around("who are you")})
                .size(),
            1u);
  // Nothing is left of such texts, and nothing is like them.
  EXPECT_EQ(near({around(""), around("where is my money")}, {around("")}).size(), 0u);
}

TEST(FindNearTest, EmptyListsAreFine) {
  EXPECT_TRUE(near({}, {}).empty());
  EXPECT_TRUE(near({"a b c"}, {}).empty());
  EXPECT_TRUE(near({}, {"a b c"}).empty());
}

double similarity_of(const Words& a, const Words& b) {
  const auto triples = [](const Words& words) {
    std::set<Words> set;
    if (words.size() < 3) set.insert(words);
    for (size_t i = 0; i + 3 <= words.size(); ++i) {
      set.emplace(words.begin() + long(i), words.begin() + long(i) + 3);
    }
    return set;
  };
  const auto left = triples(a), right = triples(b);
  std::vector<Words> shared;
  std::ranges::set_intersection(left, right, std::back_inserter(shared));
  return double(shared.size()) / double(left.size() + right.size() - shared.size());
}

/// Texts of which many are another one with some words changed, put in or left out.
std::vector<Words> related_texts(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Words> bases;
  std::mt19937_64 fixed(9);
  for (int i = 0; i < 12; ++i) {
    Words& words = bases.emplace_back();
    for (uint64_t n = 1 + fixed() % 60; n > 0; --n) words.push_back(uint32_t(fixed() % 90));
  }
  std::vector<Words> texts;
  for (size_t i = 0; i < count; ++i) {
    Words words = bases[random() % bases.size()];
    for (uint64_t n = random() % 4; n > 0 && words.size() > 1; --n) {
      const auto at = long(random() % words.size());
      const uint64_t change = random() % 3;
      if (change == 0) words[size_t(at)] = uint32_t(random() % 90);
      if (change == 1) words.insert(words.begin() + at, uint32_t(random() % 90));
      if (change == 2) words.erase(words.begin() + at);
    }
    texts.push_back(std::move(words));
  }
  return texts;
}

TEST(FindNearTest, FindsWhatComparingAllWithAllFinds) {
  const std::vector<Words> known = related_texts(150, 1), fresh = related_texts(100, 2);
  for (const double threshold : {0.5, 0.8, 1.0}) {
    const auto found = find_near(known, fresh, threshold);
    size_t at = 0;
    for (size_t i = 0; i < fresh.size(); ++i) {
      double best = 0.0;
      for (const Words& one : known) best = std::max(best, similarity_of(one, fresh[i]));
      if (best < threshold) continue;
      ASSERT_LT(at, found.size());
      EXPECT_EQ(found[at].fresh, i);
      EXPECT_DOUBLE_EQ(found[at].similarity, best);
      EXPECT_DOUBLE_EQ(similarity_of(known[found[at].known], fresh[i]), best);
      ++at;
    }
    EXPECT_EQ(at, found.size());
    EXPECT_GT(at, 10u);
  }
}

TEST(FindNearTest, ThousandsOfRowsOfOneTemplateTakeSeconds) {
  std::mt19937_64 random(3);
  const auto rows = [&](size_t count) {
    std::vector<Words> texts;
    for (size_t i = 0; i < count; ++i) {
      Words& words = texts.emplace_back();
      words.push_back(uint32_t(random()));
      for (uint32_t k = 0; k < 40; ++k) words.push_back(k);
      for (int k = 0; k < 8; ++k) words.push_back(uint32_t(100 + random() % 1000));
      words.push_back(uint32_t(random()));
    }
    return texts;
  };
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(find_near(rows(10'000), rows(3'000), 0.8).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace tuneval
