#include "framework/teacher/spending.h"

#include "asked.h"

#include "framework/teacher/pace.h"

#include <algorithm>
#include <condition_variable>
#include <thread>

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

TEST_F(SpendingLimit, WhatCannotBeReadMayHaveCostWhatWasExpected) {
  ScriptedTeacher server;
  server.push({truncated(), garbage()});
  TeacherOptions options = priced(options_for(server), 14.0);
  options.concurrency = 1;
  const auto asked = teacher(options);
  const auto replies = ask_all(*asked, requests(3));
  EXPECT_EQ(replies.at(0).outcome, TeacherOutcome::malformed);
  EXPECT_DOUBLE_EQ(replies.at(0).cost, 5.0);
  EXPECT_EQ(replies.at(2).outcome, TeacherOutcome::unpaid);
  EXPECT_DOUBLE_EQ(asked->usage().cost, 10.0);
}

TEST_F(SpendingLimit, PromptsAreExpectedToHaveAThirdOfTheirBytesAsTokens) {
  ScriptedTeacher server;
  TeacherOptions options = options_for(server);
  options.input_price = 1e6;
  options.max_tokens = 1;
  options.spending_limit = 1000.0;
  const auto asked = teacher(options);
  EXPECT_EQ(asked->ask(request(std::string(3600, 'a'))).outcome, TeacherOutcome::unpaid);
  EXPECT_TRUE(asked->ask(request(std::string(2400, 'a'))).answered());
}

TEST(SpendingTest, WithoutALimitEverythingFits) {
  Spending spending(std::nullopt);
  EXPECT_TRUE(spending.reserve(1e9));
  spending.settle(1e9, 3.0);
  EXPECT_DOUBLE_EQ(spending.spent(), 3.0);
}

/// Time goes on only once so many sleep.
class GatheringClock final : public Clock {
 public:
  explicit GatheringClock(int64_t sleepers) : wanted_(sleepers) {}

  double now() const override { return clock_.now(); }
  void sleep(double seconds) override {
    std::unique_lock lock(mutex_);
    ++sleepers_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    clock_.sleep(seconds);
  }
  void wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sleepers_ >= wanted_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  QuickClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const int64_t wanted_;
  int64_t sleepers_ = 0;
  bool open_ = false;
};

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

TEST_F(PaceTest, WhoIsHeldTogetherDoesNotBeginTogether) {
  constexpr int64_t kThreads = 6;
  const auto clock = std::make_shared<GatheringClock>(kThreads);
  Pace pace(60, 0, clock);
  const auto go = [] { return false; };
  ASSERT_TRUE(pace.wait_for_turn(1, go));  // the only one that need not sleep
  std::mutex mutex;
  std::vector<double> began;
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      pace.wait_for_turn(1, go);
      const std::lock_guard lock(mutex);
      began.push_back(clock->now());
    });
  }
  clock->wait_for_all();  // each has its turn, a second from the next
  pace.hold(30.0);
  const double end = clock->now() + 30.0;
  clock->open();
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(began);
  ASSERT_EQ(began.size(), size_t(kThreads));
  for (size_t i = 0; i < began.size(); ++i) {
    EXPECT_GE(began[i], end + double(i) - 1e-6) << "number " << i;
  }
}

TEST_F(PaceTest, AStopEndsTheWait) {
  Pace pace(1, 0, clock_);
  waited(pace, 1);
  EXPECT_FALSE(pace.wait_for_turn(1, [] { return true; }));
}

}  // namespace
}  // namespace tuneval::test
