#include "asked.h"

#include <chrono>
#include <condition_variable>
#include <stdexcept>
#include <thread>

namespace tuneval::test {
namespace {

using Rounds = TeacherTest;

/// Holds whoever comes until so many have come.
class Gate {
 public:
  void pass(int64_t wanted) {
    std::unique_lock lock(mutex_);
    ++came_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return came_ >= wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t came_ = 0;
};

TEST_F(Rounds, AsManyAreUnderWayAsAllowedAndNoMore) {
  Gate gate;
  ScriptedTeacher server([&](const nlohmann::json& asked, int64_t) {
    gate.pass(3);
    return says(last_content(asked));
  });
  TeacherOptions options = options_for(server);
  options.concurrency = 3;
  const auto replies = ask_all(*teacher(options), requests(12));
  EXPECT_EQ(server.most_at_once(), 3);
  ASSERT_EQ(replies.size(), 12u);
  for (const auto& [index, reply] : replies) {
    EXPECT_EQ(reply.text, "question " + std::to_string(index));
  }
}

TEST_F(Rounds, RepliesAreTakenInTheCallingThreadOneAfterTheOther) {
  ScriptedTeacher server;
  const auto asked = teacher(options_for(server));
  const std::thread::id here = std::this_thread::get_id();
  bool inside = false;
  const std::vector<TeacherRequest> all = requests(30);
  asked->ask_all(all, [&](size_t, const TeacherReply&) {
    EXPECT_EQ(std::this_thread::get_id(), here);
    EXPECT_FALSE(inside);
    inside = true;
    std::this_thread::yield();
    inside = false;
  });
}

TEST_F(Rounds, NothingAskedIsNothingDone) {
  ScriptedTeacher server;
  EXPECT_TRUE(ask_all(*teacher(options_for(server)), {}).empty());
}

TEST_F(Rounds, WhatCameBeforeAnErrorIsHandedOnFirst) {
  ScriptedTeacher server;
  server.push({says("one"), says("two"), fails(401, "revoked")});
  TeacherOptions options = options_for(server);
  options.concurrency = 1;
  const auto asked = teacher(options);
  std::vector<std::string> texts;
  const std::vector<TeacherRequest> all = requests(9);
  EXPECT_THROW(
      asked->ask_all(all, [&](size_t, const TeacherReply& reply) { texts.push_back(reply.text); }),
      TeacherError);
  EXPECT_THAT(texts, testing::ElementsAre("one", "two"));
  EXPECT_EQ(server.seen().size(), 3u);
}

TEST_F(Rounds, WhatIsUnderWayWhenTheTakerThrowsIsKept) {
  Gate gate;
  ScriptedTeacher server([&](const nlohmann::json& asked, int64_t) {
    gate.pass(4);
    return says(last_content(asked));
  });
  TeacherOptions options = options_for(server);
  options.concurrency = 4;
  const auto asked = teacher(options, true);
  const std::vector<TeacherRequest> all = requests(4);
  EXPECT_THROW(
      asked->ask_all(all, [](size_t, const TeacherReply&) { throw std::runtime_error("no"); }),
      std::runtime_error);
  EXPECT_EQ(cache_files().size(), 4u);
  EXPECT_EQ(ask_all(*asked, all).size(), 4u);
  EXPECT_EQ(server.most_paid_for_one(), 1);
}

TEST_F(Rounds, AStopLeavesTheRestUnasked) {
  ScriptedTeacher server;
  TeacherOptions options = options_for(server);
  options.concurrency = 1;
  const auto asked = teacher(options);
  std::atomic<bool> stop = true;
  std::vector<TeacherOutcome> outcomes;
  const std::vector<TeacherRequest> all = requests(5);
  const auto take = [&](size_t, const TeacherReply& reply) { outcomes.push_back(reply.outcome); };
  asked->ask_all(all, take, &stop);
  EXPECT_EQ(outcomes, std::vector<TeacherOutcome>(5, TeacherOutcome::stopped));
  EXPECT_TRUE(server.seen().empty());
  stop = false;
  outcomes.clear();
  asked->ask_all(all, take, &stop);
  EXPECT_EQ(outcomes, std::vector<TeacherOutcome>(5, TeacherOutcome::answered));
}

TEST_F(Rounds, AStopEndsTheWaitForAnotherAttempt) {
  std::atomic<bool> stop = false;
  ScriptedTeacher server([&](const auto&, int64_t) {
    stop = true;
    return asks_to_wait(429, "500");
  });
  const auto asked = teacher(options_for(server));
  std::vector<TeacherReply> replies;
  const std::vector<TeacherRequest> all = requests(1);
  asked->ask_all(
      all, [&](size_t, TeacherReply reply) { replies.push_back(std::move(reply)); }, &stop);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].outcome, TeacherOutcome::stopped);
  EXPECT_THAT(replies[0].message, testing::HasSubstr("stopped after: status 429"));
  EXPECT_EQ(server.seen().size(), 1u);
}

}  // namespace
}  // namespace tuneval::test
