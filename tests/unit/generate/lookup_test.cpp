#include "framework/generate/lookup.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;

TEST(LookUpTest, CopiesWhatFollowedTheLastThreeIds) {
  EXPECT_EQ(look_up(Ids{1, 2, 3, 4, 5, 9, 1, 2, 3}, 3), (Ids{4, 5, 9}));
  EXPECT_EQ(look_up(Ids{1, 2, 3, 4, 5, 9, 1, 2, 3}, 1), Ids{4});
  // The last such place; and three ids that agree, though two agree later.
  EXPECT_EQ(look_up(Ids{1, 2, 3, 4, 1, 2, 3, 5, 8, 1, 2, 3}, 2), (Ids{5, 8}));
  EXPECT_EQ(look_up(Ids{1, 2, 3, 4, 7, 2, 3, 5, 8, 1, 2, 3}, 2), (Ids{4, 7}));
}

TEST(LookUpTest, OrElseTheLastTwo) {
  EXPECT_EQ(look_up(Ids{2, 3, 4, 5, 9, 2, 3}, 2), (Ids{4, 5}));
  EXPECT_EQ(look_up(Ids{2, 3, 4, 2, 3, 6, 9, 2, 3}, 2), (Ids{6, 9}));
  EXPECT_TRUE(look_up(Ids{3, 4, 5, 9, 2, 3}, 2).empty());
}

TEST(LookUpTest, ACopyOfTheRowsEndGoesOnWithItself) {
  EXPECT_EQ(look_up(Ids{9, 1, 2, 1, 2}, 5), (Ids{1, 2, 1, 2, 1}));
  EXPECT_EQ(look_up(Ids{4, 4, 4}, 3), (Ids{4, 4, 4}));
}

TEST(LookUpTest, ShortRowsAndNoRoomGiveNothing) {
  EXPECT_TRUE(look_up(Ids{}, 4).empty());
  EXPECT_TRUE(look_up(Ids{1, 1}, 4).empty());
  EXPECT_TRUE(look_up(Ids{1, 1, 1}, 0).empty());
  EXPECT_TRUE(look_up(Ids{1, 1, 1}, -1).empty());
}

TEST(DraftPaceTest, GrowsWithSuccessAndPausesAfterFailures) {
  DraftPace pace;
  const int64_t first = pace.most();
  pace.learn(first, first);
  EXPECT_GT(pace.most(), first);
  for (int i = 0; i < 10; ++i) pace.learn(pace.most(), pace.most());
  EXPECT_EQ(pace.most(), 8);
  pace.learn(8, 2);
  EXPECT_EQ(pace.most(), 3);
  pace.learn(3, 0);
  EXPECT_GT(pace.most(), 0);  // once may be chance
  pace.learn(1, 0);
  EXPECT_EQ(pace.most(), 0);
  // Each further failure doubles the pause.
  std::vector<int> pauses;
  for (int failure = 0; failure < 8; ++failure) {
    int steps = 0;
    for (; pace.most() == 0; ++steps) pace.learn(0, 0);
    pauses.push_back(steps);
    pace.learn(pace.most(), 0);
  }
  EXPECT_EQ(pauses, (std::vector<int>{4, 8, 16, 32, 64, 64, 64, 64}));
  while (pace.most() == 0) pace.learn(0, 0);
  EXPECT_EQ(pace.most(), 1);
  pace.learn(1, 1);
  EXPECT_EQ(pace.most(), 4);
}

}  // namespace
}  // namespace tuneval
