#include "asked.h"

#include "framework/teacher/backoff.h"

#include <chrono>
#include <ctime>

namespace tuneval::test {
namespace {

using testing::HasSubstr;
using Retries = TeacherTest;

TEST_F(Retries, PassingTroublesAreAskedAgain) {
  ScriptedTeacher server;
  server.push({fails(408, "slow"), fails(409, "busy"), fails(429, "many"), fails(500, "oh"),
               fails(503, "down"), breaks_off()});
  const auto asked = teacher(options_for(server));
  const TeacherReply reply = asked->ask(request("hello"));
  EXPECT_TRUE(reply.answered()) << reply.message;
  EXPECT_EQ(reply.text, "echo: hello");
  EXPECT_EQ(reply.message, "");
  EXPECT_EQ(reply.attempts, 7);
  EXPECT_EQ(asked->usage().asked, 1);
  EXPECT_EQ(asked->usage().retried, 6);
  EXPECT_EQ(asked->usage().failed, 0);
}

TEST_F(Retries, AServerThatStaysDownIsGivenUp) {
  ScriptedTeacher server([](const auto&, int64_t) { return fails(503, "out of order"); });
  TeacherOptions options = options_for(server);
  options.retries = 3;
  const auto asked = teacher(options);
  const double begin = clock_->now();
  const TeacherReply reply = asked->ask(request("hello"));
  EXPECT_EQ(reply.outcome, TeacherOutcome::unavailable);
  EXPECT_EQ(reply.message, "status 503: out of order (4 attempts)");
  EXPECT_EQ(reply.attempts, 4);
  EXPECT_EQ(asked->usage().failed, 1);
  // 1 + 2 + 4 seconds, of which chance takes up to half.
  EXPECT_GE(clock_->now() - begin, 3.5 - 1e-6);
  EXPECT_LE(clock_->now() - begin, 7.0 + 1e-6);
}

TEST_F(Retries, WithoutRetriesThereIsOneAttempt) {
  ScriptedTeacher server([](const auto&, int64_t) { return fails(500, "oh"); });
  TeacherOptions options = options_for(server);
  options.retries = 0;
  EXPECT_EQ(teacher(options)->ask(request("hello")).outcome, TeacherOutcome::unavailable);
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST_F(Retries, RetryAfterIsWaitedFor) {
  ScriptedTeacher server;
  server.push({asks_to_wait(429, "37")});
  const double begin = clock_->now();
  EXPECT_TRUE(teacher(options_for(server))->ask(request("hello")).answered());
  EXPECT_NEAR(clock_->now() - begin, 37.0, 1e-6);
}

TEST_F(Retries, RetryAfterMayBeADate) {
  const std::time_t then = std::time(nullptr) + 300;
  std::tm parts{};
  ::gmtime_r(&then, &parts);
  char date[64] = {};
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  ScriptedTeacher server;
  server.push({asks_to_wait(503, date)});
  const double begin = clock_->now();
  EXPECT_TRUE(teacher(options_for(server))->ask(request("hello")).answered());
  // The server's seconds pass meanwhile; the clock of the test stands still.
  EXPECT_GT(clock_->now() - begin, 200.0);
  EXPECT_LE(clock_->now() - begin, 301.0);
}

TEST_F(Retries, RetryAfterZeroDoesNotUseUpTheAttempts) {
  ScriptedTeacher server;
  server.push({asks_to_wait(429, "0"), asks_to_wait(429, "0")});
  const double begin = clock_->now();
  EXPECT_TRUE(teacher(options_for(server))->ask(request("hello")).answered());
  // 1 + 2 seconds, of which chance takes up to half.
  EXPECT_GE(clock_->now() - begin, 1.5 - 1e-6);
  EXPECT_LE(clock_->now() - begin, 3.0 + 1e-6);
}

TEST_F(Retries, AServerThatAsksForHoursIsGivenUp) {
  ScriptedTeacher server;
  server.push({says("one"), asks_to_wait(429, "7200")});
  TeacherOptions options = options_for(server);
  options.concurrency = 1;
  const auto asked = teacher(options);
  const std::string message = message_of<TeacherError>([&] { ask_all(*asked, requests(9)); });
  EXPECT_THAT(message, HasSubstr("asks to wait 7200 s"));
  EXPECT_EQ(server.seen().size(), 2u) << "the others would hear the same";
  EXPECT_EQ(asked->usage().failed, 1);
}

TEST_F(Retries, AStatusInDigitsInsideOf200IsAskedAgain) {
  ScriptedTeacher server;
  TeacherStep wrapped;
  wrapped.body = R"({"error": {"message": "too many", "code": "429"}})";
  server.push({wrapped});
  const TeacherReply reply = teacher(options_for(server))->ask(request("hello"));
  EXPECT_TRUE(reply.answered()) << reply.message;
  EXPECT_EQ(reply.attempts, 2);
}

TEST_F(Retries, ATimeOutIsUnavailable) {
  ScriptedTeacher server([](const auto&, int64_t) { return hangs(); });
  TeacherOptions options = options_for(server);
  options.timeout = 0.1;
  options.retries = 1;
  const TeacherReply reply = teacher(options)->ask(request("hello"));
  EXPECT_EQ(reply.outcome, TeacherOutcome::unavailable);
  EXPECT_THAT(reply.message, HasSubstr("(2 attempts)"));
  EXPECT_EQ(reply.attempts, 2);
}

TEST_F(Retries, AnAnswerThatTakesItsTimeIsWaitedFor) {
  ScriptedTeacher server;
  server.push({slow(says("at last"), 0.05)});
  EXPECT_EQ(teacher(options_for(server))->ask(request("hello")).text, "at last");
}

TEST(BackOffTest, DoublesUpToItsLongestLessWhatChanceTakes) {
  const BackOff backoff{1.0, 60.0, 600.0};
  EXPECT_DOUBLE_EQ(backoff_wait(backoff, 0, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(backoff_wait(backoff, 3, 0.0), 8.0);
  EXPECT_DOUBLE_EQ(backoff_wait(backoff, 3, 1.0), 4.0);
  EXPECT_DOUBLE_EQ(backoff_wait(backoff, 90, 0.5), 45.0);
}

}  // namespace
}  // namespace tuneval::test
