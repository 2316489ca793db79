#include "framework/teacher/spending.h"

#include "asked.h"

#include "framework/teacher/pace.h"

namespace tuneval::test {
namespace {

using SpendingLimit = TeacherTest;

int64_t count_of(const std::map<size_t, TeacherReply>& replies, TeacherOutcome outcome) {
  return std::ranges::count_if(replies,
                               [&](const auto& entry) { return entry.second.outcome == outcome; });
}

/// A token of an answer costs 1, those of prompts nothing.
TeacherOptions priced(TeacherOptions options, double limit) {
  options.output_price = 1e6;
  options.max_tokens = 5;
  options.spending_limit = limit;
  options.concurrency = 4;
  return options;
}

TEST_F(SpendingLimit, IsNotPassedByRequestsThatAreUnderWayTogether) {
  ScriptedTeacher server([](const auto&, int64_t) { return slow(says("yes", 10, 5), 0.01); });
  const auto asked = teacher(priced(options_for(server), 12.0));
  const auto replies = ask_all(*asked, requests(10));
  EXPECT_EQ(count_of(replies, TeacherOutcome::answered), 2);
  EXPECT_EQ(count_of(replies, TeacherOutcome::unpaid), 8);
  EXPECT_DOUBLE_EQ(asked->usage().cost, 10.0);
  EXPECT_EQ(server.seen().size(), 2u);
}

TEST_F(SpendingLimit, WhatWasSetAsideAndNotSpentIsFreeAgain) {
  ScriptedTeacher server([](const auto&, int64_t) { return says("y", 10, 1); });
  const auto asked = teacher(priced(options_for(server), 12.0));
  // While 7 or less are spent, 5 more may be: the 8th is the last.
  EXPECT_EQ(count_of(ask_all(*asked, requests(20)), TeacherOutcome::answered), 8);
}

TEST_F(SpendingLimit, WhatTheCacheKnowsIsAnsweredPastIt) {
  ScriptedTeacher server([](const auto&, int64_t) { return says("yes", 10, 5); });
  ask_all(*teacher(priced(options_for(server), 10.0), true), requests(2));
  const auto replies = ask_all(*teacher(priced(options_for(server), 0.0), true), requests(3));
  EXPECT_TRUE(replies.at(0).cached);
  EXPECT_TRUE(replies.at(1).cached);
  EXPECT_EQ(replies.at(2).outcome, TeacherOutcome::unpaid);
  EXPECT_THAT(replies.at(2).message, testing::HasSubstr("the spending limit of 0 is reached"));
}

TEST_F(SpendingLimit, FailuresCostNothing) {
  ScriptedTeacher server;
  server.push({fails(400, "no"), fails(400, "no"), says("yes", 10, 5)});
  TeacherOptions options = priced(options_for(server), 5.0);
  options.concurrency = 1;
  const auto replies = ask_all(*teacher(options), requests(4));
  EXPECT_TRUE(replies.at(2).answered());
  EXPECT_EQ(replies.at(3).outcome, TeacherOutcome::unpaid);
}

TEST(SpendingTest, WithoutALimitEverythingFits) {
  Spending spending(std::nullopt);
  EXPECT_TRUE(spending.reserve(1e9));
  spending.settle(1e9, 3.0);
  EXPECT_DOUBLE_EQ(spending.spent(), 3.0);
}

class PaceTest : public testing::Test {
 protected:
  double waited(Pace& pace, int64_t tokens) {
    const double begin = clock_->now();
    EXPECT_TRUE(pace.wait_for_turn(tokens, [] { return false; }));
    return clock_->now() - begin;
  }
  std::shared_ptr<QuickClock> clock_ = std::make_shared<QuickClock>();
};

TEST_F(PaceTest, SpreadsRequestsOverTheMinute) {
  Pace pace(30, 0, clock_);
  EXPECT_NEAR(waited(pace, 10), 0.0, 1e-6);
  EXPECT_NEAR(waited(pace, 10), 2.0, 1e-6);
  clock_->sleep(1.5);
  EXPECT_NEAR(waited(pace, 10), 0.5, 1e-6);
  clock_->sleep(60.0);
  EXPECT_NEAR(waited(pace, 10), 0.0, 1e-6);
  EXPECT_NEAR(waited(pace, 10), 2.0, 1e-6) << "idle time is not saved up";
}

TEST_F(PaceTest, SpreadsTokensAndCorrectsWhatWasExpected) {
  Pace pace(0, 600, clock_);
  EXPECT_NEAR(waited(pace, 100), 0.0, 1e-6);
  EXPECT_NEAR(waited(pace, 100), 10.0, 1e-6);
  pace.correct(100, 20);
  EXPECT_NEAR(waited(pace, 100), 2.0, 1e-6);
  pace.correct(100, 150);
  EXPECT_NEAR(waited(pace, 100), 15.0, 1e-6);
}

TEST_F(PaceTest, AHoldIsForAll) {
  Pace pace(0, 0, clock_);
  pace.hold(20.0);
  pace.hold(5.0);
  EXPECT_NEAR(waited(pace, 1), 20.0, 1e-6);
  EXPECT_NEAR(waited(pace, 1), 0.0, 1e-6);
}

TEST_F(PaceTest, AStopEndsTheWait) {
  Pace pace(1, 0, clock_);
  waited(pace, 1);
  EXPECT_FALSE(pace.wait_for_turn(1, [] { return true; }));
}

}  // namespace
}  // namespace tuneval::test
