// What rouge_l does where reference and answer are both a megabyte.
#include "task_test.h"
#include "text_metric.h"

#include <random>

namespace tuneval {
namespace {

constexpr size_t kMegabyte = 1 << 20;

/// Words of seven letters, drawn by the seed.
std::string prose(uint32_t seed) {
  std::mt19937 draw(seed);
  std::string text;
  while (text.size() < kMegabyte) {
    const auto letter = static_cast<char>('a' + draw() % 26);
    text += std::string("wo") + letter + "rded ";
  }
  return text;
}

SampleScore score(const std::string& reference, const std::string& answer) {
  const auto metric = text_metric("rouge_l");
  const TextCase one = text_case({reference}, answer);
  const double start = processor_seconds();
  const SampleScore score = metric->score(one.example, one.prediction);
  EXPECT_LT(processor_seconds() - start, kSlower * 1.0);
  return score;
}

TEST(RougeLOfMegabytesTest, ProseIsCompared) {
  const SampleScore other = score(prose(1), prose(2));
  ASSERT_TRUE(other.scored) << other.reason;
  EXPECT_GT(other.value, 0.1);
  EXPECT_LT(other.value, 0.9);
}

TEST(RougeLOfMegabytesTest, WhatDiffersInOnePlaceIsComparedExactly) {
  const std::string text = repeat("a b ", kMegabyte);
  std::string other = text;
  other[kMegabyte / 2] = 'q';  // an "a" that is no more
  const SampleScore near = score(text, other);
  ASSERT_TRUE(near.scored) << near.reason;
  const double words = kMegabyte / 2;
  EXPECT_NEAR(near.value, (words - 1) / words, 1e-12);
}

TEST(RougeLOfMegabytesTest, WordsOfOneTextAloneCostNothing) {
  const SampleScore none = score(repeat("a b ", kMegabyte), repeat("c d ", kMegabyte));
  ASSERT_TRUE(none.scored) << none.reason;
  EXPECT_EQ(none.value, 0.0);
}

TEST(RougeLOfMegabytesTest, WhatWouldTakeTooLongIsUnscored) {
  const SampleScore left_out = score(repeat("a b ", kMegabyte), repeat("b a a ", kMegabyte));
  EXPECT_FALSE(left_out.scored);
  EXPECT_EQ(left_out.reason,
            "a reference of 524288 words and an answer of 524289 are too long to compare");
  TextCase several = text_case(std::vector<std::string>(8, prose(1)), prose(2));
  EXPECT_FALSE(text_metric("rouge_l")->score(several.example, several.prediction).scored);
}

}  // namespace
}  // namespace tuneval
