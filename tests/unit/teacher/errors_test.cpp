#include "framework/teacher/reply.h"

#include "asked.h"

#include <fmt/format.h>

namespace tuneval::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Fatal {
  std::string name;
  TeacherStep step;
  std::string message;
};

class Errors : public TeacherTest, public testing::WithParamInterface<Fatal> {};

TEST_P(Errors, EndItAll) {
  ScriptedTeacher server([](const auto&, int64_t) { return GetParam().step; });
  const auto asked = teacher(options_for(server));
  const std::string message = message_of<TeacherError>([&] { asked->ask(request("hello")); });
  EXPECT_THAT(message, AllOf(StartsWith("run.toml:30:1: \"wise\" at " + server.base_url() +
                                        "/chat/completions: "),
                             HasSubstr(GetParam().message)));
  EXPECT_EQ(server.seen().size(), 1u);
  EXPECT_EQ(asked->usage().failed, 1);
}

TeacherStep redirect() {
  TeacherStep step;
  step.status = 307;
  step.headers = {{"Location", "http://127.0.0.1:9/elsewhere"}};
  return step;
}

TeacherStep no_quota() {
  TeacherStep step;
  step.status = 429;
  step.body = R"({"error": {"message": "You have no quota", "type": "insufficient_quota"}})";
  return step;
}

INSTANTIATE_TEST_SUITE_P(
    All, Errors,
    testing::Values(Fatal{"Unauthorised", fails(401, "bad key"), "status 401: bad key: expected"},
                    Fatal{"OutOfMoney", fails(402, "pay first"), "status 402: pay first"},
                    Fatal{"Forbidden", fails(403, "not for you"), "status 403: not for you"},
                    Fatal{"NotFound", fails(404, "no such model"),
                          "status 404: no such model: expected a \"base_url\" and a \"model\""},
                    Fatal{"WrongMethod", fails(405, ""), "status 405"},
                    Fatal{"NoQuota", no_quota(), "status 429: You have no quota"},
                    Fatal{"Redirect", redirect(), "leads on to http://127.0.0.1:9/elsewhere"}),
    [](const auto& tested) { return tested.param.name; });

using TeacherErrors = TeacherTest;

TEST_F(TeacherErrors, ARefusedConnectionIsTriedAgainAndThenAnError) {
  TeacherOptions options;
  options.base_url = fmt::format("http://127.0.0.1:{}/v1", closed_port());
  options.model = "wise";
  options.retries = 2;
  const auto asked = teacher(options);
  const std::string message = message_of<TeacherError>([&] { asked->ask(request("hello")); });
  EXPECT_THAT(message, HasSubstr("(3 attempts)"));
  EXPECT_EQ(asked->usage().retried, 2);
}

TEST_F(TeacherErrors, BadUrlsAreRefusedBeforeAnythingIsAsked) {
  const auto fault = [&](const std::string& url) {
    TeacherOptions options;
    options.base_url = url;
    options.model = "wise";
    return message_of<TeacherError>([&] { teacher(options); });
  };
  EXPECT_THAT(fault(""), HasSubstr("expected one that begins with https:// or http://"));
  EXPECT_THAT(fault("ftp://host/v1"), HasSubstr("is \"ftp://host/v1\""));
  EXPECT_THAT(fault("http:///v1"), HasSubstr("expected an address such as"));
  EXPECT_THAT(fault("http://host:port/v1"), HasSubstr("expected an address such as"));
  EXPECT_THAT(fault("https://host/v1?key=1"), HasSubstr("has a query"));
  EXPECT_THAT(fault("https://me:hidden@host/v1"),
              AllOf(HasSubstr("password"), testing::Not(HasSubstr("hidden"))));
}

TEST_F(TeacherErrors, ASlashBehindTheBaseUrlIsNoMatter) {
  ScriptedTeacher server;
  TeacherOptions options = options_for(server);
  options.base_url += "/";
  EXPECT_TRUE(teacher(options)->ask(request("hello")).answered());
  EXPECT_EQ(server.seen().at(0).path, "/v1/chat/completions");
}

TEST_F(TeacherErrors, AProxyIsNotAskedForThisMachine) {
  const Variable proxy("http_proxy", fmt::format("http://127.0.0.1:{}", closed_port()));
  ScriptedTeacher server;
  EXPECT_TRUE(teacher(options_for(server))->ask(request("hello")).answered());
}

TEST_F(TeacherErrors, AForbiddenRequestAmongServedOnesIsItsOwnMatter) {
  ScriptedTeacher server;
  server.push({says("one"), fails(403, "not this one"), says("three")});
  TeacherOptions options = options_for(server);
  options.concurrency = 1;
  const auto replies = ask_all(*teacher(options), requests(3));
  EXPECT_EQ(replies.at(1).outcome, TeacherOutcome::refused);
  EXPECT_THAT(replies.at(1).message, HasSubstr("status 403: not this one"));
  EXPECT_TRUE(replies.at(2).answered());
}

TEST(ReadAttempt, AHostThatWasNeverThereIsNoPassingTrouble) {
  HttpReply http;
  http.failure = HttpFailure::no_host;
  http.reason = "Could not resolve host: nowhere";
  EXPECT_EQ(read_attempt(http, {}).next, Next::give_up);
  EXPECT_EQ(read_attempt(http, {.reached = true}).next, Next::insist);
  EXPECT_EQ(read_attempt(http, {.reached = true}).reply.message, http.reason);
}

TEST(ReadAttempt, AnAnswerWithoutEndIsMalformed) {
  HttpReply http;
  http.failure = HttpFailure::too_large;
  EXPECT_EQ(read_attempt(http, {}).next, Next::take);
  EXPECT_EQ(read_attempt(http, {}).reply.outcome, TeacherOutcome::malformed);
  EXPECT_TRUE(read_attempt(http, {}).billed);
}

}  // namespace
}  // namespace tuneval::test
