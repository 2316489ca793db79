#include "framework/baseline/baseline.h"
#include "framework/baseline/nearest_examples.h"

#include "tests/unit/baseline/answers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace tuneval {
namespace {

using test::answered;
using test::AnswerType;
using testing::ElementsAre;

TEST(NearestExamplesTest, RareWordsDecide) {
  const NearestExamples index({"the card is lost", "the card is late", "the loan is late"});
  EXPECT_EQ(index.find("is the card lost?"), 0u);
  EXPECT_EQ(index.find("LATE loan"), 2u);
  EXPECT_EQ(index.find("a late card"), 1u);
}

// Of a's vector (2, 1, 0) · weight and b's (1, 1, 0), "x x y" has the cosine 1 with a.
TEST(NearestExamplesTest, LengthDoesNotCountButShareDoes) {
  const NearestExamples index({"x y", "x x y", "x x x x y y", "z"});
  EXPECT_EQ(index.find("x x y"), 1u);  // as near as the third, which comes later
  EXPECT_EQ(index.find("x y x y"), 0u);
}

TEST(NearestExamplesTest, OfSeveralAlikeTheFirst) {
  const NearestExamples index({"other", "same words", "same words"});
  EXPECT_EQ(index.find("same words"), 1u);
}

TEST(NearestExamplesTest, WordsOfAllTextsAndOfNoneTellNothing) {
  const NearestExamples index({"please sort card", "please sort loan"});
  EXPECT_EQ(index.find("please sort"), std::nullopt);
  EXPECT_EQ(index.find("something else"), std::nullopt);
  EXPECT_EQ(index.find(""), std::nullopt);
  EXPECT_EQ(index.find("please please please sort loan"), 1u);
  EXPECT_EQ(NearestExamples({}).find("card"), std::nullopt);
  EXPECT_EQ(NearestExamples({"only"}).find("only"), std::nullopt);
}

TEST(NearestAnswersTest, TheLastUserTurnIsCompared) {
  Example talk = answered("where is my card", "first");
  talk.messages.push_back({"assistant", "which one?", ""});
  talk.messages.push_back({"user", "the blue one", ""});
  talk.messages.push_back({"tool", "where is my card", ""});
  const std::vector<Example> train = {talk, answered("where is my card", "second"),
                                      answered("red", "third")};
  EXPECT_THAT(nearest_answers(AnswerType({}), train,
                              {answered("my card please", ""), answered("blue", ""),
                               answered("a red one", "")}),
              ElementsAre("second", "first", "third"));
}

TEST(NearestAnswersTest, WhatIsLikeNothingGetsTheMajority) {
  const std::vector<Example> train = {answered("red", "a"), answered("green", "b"),
                                      answered("blue", "b")};
  EXPECT_THAT(nearest_answers(AnswerType({"a", "b"}), train, {answered("?", "")}),
              ElementsAre("b"));
  Example silent;  // no user turn at all
  EXPECT_THAT(nearest_answers(AnswerType({"a", "b"}), train, {silent}), ElementsAre("b"));
}

TEST(NearestAnswersTest, EveryTrainingExampleFindsItsOwnAmongThousands) {
  std::vector<Example> train;
  for (size_t i = 0; i < 3000; ++i) {
    train.push_back(answered(fmt::format("please tell me of item {} and lot {}", i, i % 7),
                             fmt::format("answer {}", i)));
  }
  std::vector<Example> test;
  for (size_t i = 0; i < 3000; i += 29) test.push_back(train[i]);
  const std::vector<std::string> answers = nearest_answers(AnswerType({}), train, test);
  for (size_t i = 0; i < test.size(); ++i) EXPECT_EQ(answers[i], test[i].target);
}

}  // namespace
}  // namespace tuneval
