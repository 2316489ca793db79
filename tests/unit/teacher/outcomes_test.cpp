#include "asked.h"

namespace tuneval::test {
namespace {

using testing::HasSubstr;

struct Case {
  std::string name;
  TeacherStep step;
  TeacherOutcome outcome;
  std::string text, message;
};

class Outcomes : public TeacherTest, public testing::WithParamInterface<Case> {};

TEST_P(Outcomes, EachHasItsOwn) {
  const Case& expected = GetParam();
  ScriptedTeacher server([&](const auto&, int64_t) { return expected.step; });
  const TeacherReply reply = teacher(options_for(server))->ask(request("hello"));
  EXPECT_EQ(reply.outcome, expected.outcome) << reply.message;
  EXPECT_EQ(reply.answered(), expected.outcome == TeacherOutcome::answered);
  EXPECT_EQ(reply.text, expected.text);
  EXPECT_THAT(reply.message, HasSubstr(expected.message));
  EXPECT_EQ(reply.attempts, 1);
  EXPECT_EQ(server.seen().size(), 1u) << "none of these is asked again";
}

TeacherStep wrapped_error() {
  TeacherStep step = fails(200, "upstream refuses");
  step.body = R"({"error": {"message": "upstream refuses", "code": 422}})";
  return step;
}

TeacherStep filtered_by_status() {
  TeacherStep step;
  step.status = 400;
  step.body = R"({"error": {"message": "violates the policy", "code": "content_filter"}})";
  return step;
}

/// As where a service has each input looked at by a moderator: its first answer may be such a 403.
TeacherStep moderated() {
  TeacherStep step;
  step.status = 403;
  step.body = R"({"error": {"message": "flagged", "code": 403,
                            "metadata": {"reasons": ["violence"], "flagged_input": "hel..."}}})";
  return step;
}

/// A body that says what became of an answer that was begun.
TeacherStep ended_by_an_error() {
  TeacherStep step = says("half of it");
  auto body = nlohmann::json::parse(step.body);
  body["choices"][0]["finish_reason"] = "error";
  body["choices"][0]["error"] = {{"message", "the provider went away"}};
  step.body = body.dump();
  return step;
}

TeacherStep refusal() {
  TeacherStep step = says_nothing();
  auto body = nlohmann::json::parse(step.body);
  body["choices"][0]["message"]["refusal"] = "I will not.";
  step.body = body.dump();
  return step;
}

TeacherStep other_json(const std::string& body) {
  TeacherStep step;
  step.body = body;
  return step;
}

INSTANTIATE_TEST_SUITE_P(
    All, Outcomes,
    testing::Values(
        Case{"Answered", says("yes"), TeacherOutcome::answered, "yes", ""},
        Case{"CutOff", cut_off("yes, becau"), TeacherOutcome::cut_off, "yes, becau", "token limit"},
        Case{"Filtered", filtered(), TeacherOutcome::filtered, "", "content filter"},
        Case{"FilteredByStatus", filtered_by_status(), TeacherOutcome::filtered, "",
             "status 400: violates the policy"},
        Case{"Moderated", moderated(), TeacherOutcome::filtered, "", "status 403: flagged"},
        Case{"EndedByAnError", ended_by_an_error(), TeacherOutcome::malformed, "",
             "the server ended the answer with an error: the provider went away"},
        Case{"Refusal", refusal(), TeacherOutcome::filtered, "", "I will not."},
        Case{"EmptyContent", says_nothing(), TeacherOutcome::empty, "", "no text and no calls"},
        Case{"NoChoice", no_choice(), TeacherOutcome::empty, "", "no choice"},
        Case{"TruncatedJson", truncated(), TeacherOutcome::malformed, "",
             "no JSON: it breaks off or is garbled: {\"id\""},
        Case{"Garbage", garbage(), TeacherOutcome::malformed, "",
             "<html> <body>Bad gateway</body></html>"},
        Case{"OtherJson", other_json("{\"object\": \"list\"}"), TeacherOutcome::malformed, "",
             "no chat completion"},
        Case{"NoMessage", other_json("{\"choices\": [{\"text\": \"a\"}]}"),
             TeacherOutcome::malformed, "", "no message"},
        Case{"DeepJson", other_json("{\"choices\": " + std::string(100000, '[')),
             TeacherOutcome::malformed, "", "no JSON"},
        Case{"BadRequest", fails(400, "too long for the context"), TeacherOutcome::refused, "",
             "status 400: too long for the context"},
        Case{"WrappedStatus", wrapped_error(), TeacherOutcome::refused, "",
             "status 422: upstream refuses"}),
    [](const auto& tested) { return tested.param.name; });

using TeacherOutcomes = TeacherTest;

TEST_F(TeacherOutcomes, CallsAreCanonical) {
  ScriptedTeacher server;
  server.push({calls({{{"name", "light"}, {"arguments", {{"on", true}, {"room", "hall"}}}},
                      {{"name", "stop"}, {"arguments", ""}}})});
  const TeacherReply reply = teacher(options_for(server))->ask(request("light on"));
  EXPECT_EQ(reply.outcome, TeacherOutcome::answered);
  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.calls, R"([{"name":"light","arguments":{"on":true,"room":"hall"}},)"
                         R"({"name":"stop","arguments":{}}])");
}

TEST_F(TeacherOutcomes, CallsWithBrokenArgumentsAreTheModelsOwnAnswer) {
  ScriptedTeacher server;
  server.push({calls({{{"name", "light"}, {"arguments", "{\"on\": tr"}}})});
  const TeacherReply reply = teacher(options_for(server))->ask(request("light on"));
  EXPECT_EQ(reply.outcome, TeacherOutcome::answered);
  EXPECT_EQ(reply.calls, "");
  EXPECT_THAT(reply.text, HasSubstr("light"));
  EXPECT_THAT(reply.message, HasSubstr("no JSON object"));
}

TEST_F(TeacherOutcomes, TokensAndCostAreCounted) {
  ScriptedTeacher server;
  server.push({says("yes", 2000, 300)});
  TeacherOptions options = options_for(server);
  options.input_price = 1.5;
  options.output_price = 10.0;
  const auto asked = teacher(options);
  const TeacherReply reply = asked->ask(request("hello"));
  EXPECT_EQ(reply.prompt_tokens, 2000);
  EXPECT_EQ(reply.answer_tokens, 300);
  EXPECT_DOUBLE_EQ(reply.cost, 0.003 + 0.003);
  EXPECT_DOUBLE_EQ(asked->usage().cost, 0.006);
  EXPECT_EQ(asked->usage().prompt_tokens, 2000);
}

TEST_F(TeacherOutcomes, WhatTheServerDoesNotCountIsGuessed) {
  ScriptedTeacher server;
  server.push({without_usage(says(std::string(399, 'a')))});
  TeacherOptions options = options_for(server);
  options.output_price = 1e6;
  const TeacherReply reply = teacher(options)->ask(request("hello"));
  EXPECT_EQ(reply.answer_tokens, 0);
  EXPECT_DOUBLE_EQ(reply.cost, 100.0);
}

TEST_F(TeacherOutcomes, EveryOneHasAName) {
  EXPECT_STREQ(to_string(TeacherOutcome::answered), "answered");
  EXPECT_STREQ(to_string(TeacherOutcome::cut_off), "cut off");
  EXPECT_STREQ(to_string(TeacherOutcome::stopped), "stopped");
}

}  // namespace
}  // namespace tuneval::test
