#include "framework/generate/choice.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <limits>

namespace tuneval {
namespace {

Choice choice_of(const at::Tensor& row) {
  const std::vector<Choice> choices = choose(row.unsqueeze(0));
  return choices.at(0);
}

TEST(ChoiceTest, TheHighestLogitOfEachRow) {
  at::manual_seed(3);
  for (const int64_t vocabulary : {1, 2, 15, 16, 17, 97, 511, 512, 513, 1300, 5000}) {
    const at::Tensor logits = at::randn({20, vocabulary});
    const at::Tensor best = logits.argmax(-1);
    const std::vector<Choice> choices = choose(logits);
    ASSERT_EQ(choices.size(), 20u);
    for (int64_t row = 0; row < 20; ++row) {
      EXPECT_EQ(choices[size_t(row)].id, best[row].item<int64_t>()) << vocabulary;
      if (vocabulary == 1) continue;
      const at::Tensor top = std::get<0>(logits[row].topk(2));
      const float lead = top[0].item<float>() - top[1].item<float>();
      EXPECT_EQ(choices[size_t(row)].clear,
                lead > kNearTie * logits[row].abs().max().item<float>());
    }
  }
}

// The second best wherever it stands: before the best or behind it, near or in another block.
TEST(ChoiceTest, ALeadIsClearOnlyPastTheBound) {
  for (const int64_t best : {0, 5, 511, 512, 900}) {
    for (const int64_t second : {1, 6, 510, 513, 999}) {
      at::Tensor row = at::zeros({1000});
      row[best] = 10.0f;
      row[second] = 10.0f * (1 - 0.5f * kNearTie);
      EXPECT_EQ(choice_of(row).id, best);
      EXPECT_FALSE(choice_of(row).clear) << best << " " << second;
      row[second] = 10.0f * (1 - 1.5f * kNearTie);
      EXPECT_TRUE(choice_of(row).clear) << best << " " << second;
      row[(best + 250) % 1000] = -20.0f;  // the bound goes by the largest size
      EXPECT_FALSE(choice_of(row).clear) << best << " " << second;
    }
  }
}

TEST(ChoiceTest, AMaskLeavesTheRestOutOfTheChoiceAndOfTies) {
  at::manual_seed(4);
  const at::Tensor logits = at::randn({30, 1300});
  std::vector<TokenMask> masks(30, TokenMask(1200));
  std::vector<const TokenMask*> pointers;
  for (int64_t row = 0; row < 30; ++row) {
    for (int64_t id = row; id < 1200; id += 1 + row * row) masks[size_t(row)].allow(id);
    pointers.push_back(row % 5 == 4 ? nullptr : &masks[size_t(row)]);
  }
  const std::vector<Choice> choices = choose(logits, pointers);
  for (int64_t row = 0; row < 30; ++row) {
    at::Tensor left = logits[row].clone();
    for (int64_t id = 0; pointers[size_t(row)] && id < 1300; ++id) {
      if (!pointers[size_t(row)]->allows(id)) left[id] = -1e9f;
    }
    EXPECT_EQ(choices[size_t(row)].id, left.argmax().item<int64_t>()) << row;
  }
  at::Tensor row = at::zeros({900});
  row[5] = 9.0f;
  row[700] = 9.0f;
  row[3] = 4.0f;
  TokenMask mask(900);
  mask.allow(700);
  mask.allow(3);
  const TokenMask* pointer = &mask;
  const auto chosen = [&] { return choose(row.unsqueeze(0), {&pointer, 1}).at(0); };
  EXPECT_EQ(chosen().id, 700);
  EXPECT_TRUE(chosen().clear);  // its equal is not allowed
  row[3] = 9.0f * (1 - 0.5f * kNearTie);
  EXPECT_FALSE(chosen().clear);
  row[80] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(chosen().id, -1);
}

TEST(ChoiceTest, OfEqualsTheLowestIdIsChosenAndNotClear) {
  at::Tensor row = at::full({2000}, -1.0f);
  for (const int64_t id : {1700, 1300, 600, 40}) {
    row[id] = 2.0f;
    EXPECT_EQ(choice_of(row).id, id);
    EXPECT_EQ(choice_of(row).clear, id == 1700);
  }
  EXPECT_EQ(choice_of(at::zeros({700})).id, 0);
  EXPECT_FALSE(choice_of(at::zeros({700})).clear);
}

TEST(ChoiceTest, LogitsThatAreNotFiniteGiveNone) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    for (const int64_t id : {0, 20, 512, 1003}) {
      at::Tensor row = at::randn({1004});
      row[id] = bad;
      EXPECT_EQ(choice_of(row).id, -1);
    }
  }
}

TEST(ChoiceTest, InShorterFormatsEveryChoiceIsClear) {
  const at::Tensor row = at::ones({50}).to(at::kBFloat16);
  EXPECT_EQ(choice_of(row).id, 0);
  EXPECT_TRUE(choice_of(row).clear);
}

}  // namespace
}  // namespace tuneval
