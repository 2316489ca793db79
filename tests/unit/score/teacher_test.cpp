// A teacher that is scored, and one that judges, over HTTP.
#include "framework/score/teacher_answers.h"
#include "framework/score/teacher_judge.h"
#include "tests/support/folder.h"
#include "tests/support/scripted_teacher.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace tuneval {
namespace {

using test::ScriptedTeacher;
using test::TeacherStep;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Takes what it is given, as long as it is not empty; "END" ends a completion.
struct Plain : TaskType {
  Example read(const Row&) const override { return {}; }
  Prediction parse(const Example&, std::string_view text) const override {
    return {!text.empty(), std::string(text)};
  }
  Decoding decoding() const override { return {.max_new_tokens = 12, .stop = {"END"}}; }
  std::vector<std::string> metrics() const override { return {"exact"}; }
};

struct Exact : Metric {
  SampleScore score(const Example& example, const Prediction& prediction) const override {
    return SampleScore::of(prediction.text == example.target ? 1.0 : 0.0);
  }
};

class TeacherTest : public testing::Test {
 protected:
  TeacherTest() {
    registry.add_metric("exact", [](const tuneval::Config&) { return std::make_shared<Exact>(); });
    task.type = std::make_shared<Plain>();
    task.metrics = {"exact"};
    options.model = "big";
    options.retries = 0;
    options.concurrency = 1;
  }
  void add(const std::string& question, const std::string& target) {
    Example example;
    example.messages = {{"user", question, ""}};
    example.target = target;
    example.references = {target};
    example.where = fmt::format("test.jsonl:{}", task.test.size() + 1);
    task.test.push_back(std::move(example));
  }
  /// The answers of a server to its requests' last messages.
  ScriptedTeacher::Script script() const {
    return [this](const nlohmann::json& request, int64_t) {
      return steps.at(test::last_content(request));
    };
  }
  std::vector<GivenAnswer> ask(const TeacherScoring& scoring = {}) {
    ScriptedTeacher server(script());
    options.base_url = server.base_url();
    Teacher teacher(options, {});
    try {
      std::vector<GivenAnswer> answers = ask_teacher(teacher, task, scoring);
      seen = server.seen();
      return answers;
    } catch (...) {
      seen = server.seen();
      throw;
    }
  }

  Registry registry;
  TaskData task;
  TeacherOptions options;
  std::map<std::string, TeacherStep> steps;
  std::vector<ScriptedTeacher::Seen> seen;
  test::TempFolder folder;
};

TEST_F(TeacherTest, IsAskedAsModelsAre) {
  add("first", "a");
  task.test[0].tools = R"([{"type":"function","function":{"name":"look"}}])";
  steps = {{"first", test::says("a")}};
  TeacherScoring scoring;
  scoring.shots = {{{"user", "shown", ""}, {"assistant", "b", ""}}, 1};
  int64_t done = 0;
  scoring.progress = [&](int64_t answers, int64_t tokens) {
    done = answers;
    EXPECT_GT(tokens, 0);
  };
  const auto answers = ask(scoring);
  EXPECT_EQ(done, 1);
  ASSERT_EQ(seen.size(), 1u);
  const nlohmann::json& body = seen[0].json;
  EXPECT_EQ(body.at("temperature"), 0.0);
  EXPECT_EQ(body.at("max_tokens"), 12);
  EXPECT_EQ(body.at("messages").size(), 3u);
  EXPECT_EQ(body.at("messages").at(0).at("content"), "shown");
  EXPECT_EQ(body.at("tools").size(), 1u);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].completion, "a");
  EXPECT_EQ(answers[0].prompt_tokens, 10);
  EXPECT_THAT(answers[0].prompt, AllOf(StartsWith("[{\"role\":\"user\""), HasSubstr("shown")));
}

TEST_F(TeacherTest, TheLimitIsItsOwnElseTheRunsElseTheTasks) {
  const Plain type;
  EXPECT_EQ(teacher_max_tokens(options, type, {}), 12);
  EXPECT_EQ(teacher_max_tokens(options, type, 5), 5);
  options.max_tokens = 900;
  EXPECT_EQ(teacher_max_tokens(options, type, 5), 900);
  options.extra_body["max_completion_tokens"] = 1200;
  EXPECT_EQ(teacher_max_tokens(options, type, 5), 1200);
}

TEST_F(TeacherTest, WhatHasNoAnswerIsUnscoredNotWrong) {
  for (const char* question : {"right", "wrong", "filtered", "refused", "empty"})
    add(question, "a");
  steps = {{"right", test::says("a")},
           {"wrong", test::says("b")},
           {"filtered", test::filtered()},
           {"refused", test::fails(400, "no such thing")},
           {"empty", test::says_nothing()}};
  const ScoreSet set = score_answers(task, registry, ask(), nullptr);
  const MetricValue& value = set.summary.metrics.at(0);
  EXPECT_EQ(value.scored, 2);
  EXPECT_EQ(value.unscored, 3);
  EXPECT_DOUBLE_EQ(value.value, 0.5);
  EXPECT_EQ(set.summary.examples, 5);
  EXPECT_EQ(set.summary.parsed, 2);
  EXPECT_EQ(set.rows[0].unanswered, "");
  EXPECT_EQ(set.rows[0].stop, "end");
  EXPECT_THAT(set.rows[2].unanswered, StartsWith("the teacher gave no answer: filtered"));
  EXPECT_THAT(set.rows[3].unanswered, HasSubstr("no such thing"));
  for (const size_t row : {2u, 3u, 4u}) {
    EXPECT_FALSE(set.rows[row].scores.at(0).second.scored);
    EXPECT_EQ(set.rows[row].scores[0].second.reason, set.rows[row].unanswered);
    EXPECT_FALSE(set.rows[row].parsed);
    EXPECT_EQ(set.rows[row].stop, "");
  }
}

TEST_F(TeacherTest, AnswersEndAsAModelsDo) {
  add("long", "a");
  add("stop", "a");
  steps = {{"long", test::cut_off("a and so")}, {"stop", test::says("aEND and more END")}};
  const auto answers = ask();
  EXPECT_EQ(answers[0].stop, "length");
  EXPECT_EQ(answers[0].completion, "a and so");
  EXPECT_EQ(answers[1].stop, "stop");
  EXPECT_EQ(answers[1].completion, "a");
}

TEST_F(TeacherTest, CallsAreReadFromToolCallsAndFromText) {
  const std::string call = R"([{"name":"look","arguments":{"x":1}}])";
  for (const char* question : {"calls", "text"}) {
    add(question, call);
    task.test.back().calls = true;
  }
  steps = {{"calls", test::calls(nlohmann::ordered_json::parse(call))},
           {"text", test::says(R"({"name": "look", "arguments": {"x": 1}})")}};
  const ScoreSet set = score_answers(task, registry, ask(), nullptr);
  EXPECT_EQ(set.rows[0].prediction, call);
  EXPECT_EQ(set.rows[1].prediction, call);
  EXPECT_DOUBLE_EQ(set.summary.metrics[0].value, 1.0);
}

TEST_F(TeacherTest, WithoutAnyAnswerTheCellFails) {
  add("x", "a");
  add("y", "a");
  steps = {{"x", test::fails(400, "bad")}, {"y", test::fails(400, "bad")}};
  EXPECT_THAT(test::message_of<TeacherError>([&] { ask(); }),
              AllOf(StartsWith("the teacher answered none of 2 requests"), HasSubstr("bad")));
}

TEST_F(TeacherTest, WithoutAnAnswerFromTheServerTheCellFails) {
  for (const char* question : {"x", "y", "z"}) add(question, "a");
  steps = {{"x", test::says("a")}, {"y", test::fails(503, "down")}, {"z", test::says("a")}};
  EXPECT_EQ(test::message_of<TeacherError>([&] { ask(); }),
            "1 of 3 requests got no answer; the last: status 503: down (1 attempts); what was "
            "answered is kept, and the next run asks the rest");
}

TEST_F(TeacherTest, AnAnswerThatWasCutOffBeforeItBeganIsUnscored) {
  for (const char* question : {"right", "silent", "blank"}) add(question, "a");
  steps = {
      {"right", test::says("a")}, {"silent", test::cut_off("")}, {"blank", test::cut_off(" \n")}};
  const ScoreSet set = score_answers(task, registry, ask(), nullptr);
  EXPECT_EQ(set.summary.metrics.at(0).scored, 1);
  EXPECT_DOUBLE_EQ(set.summary.metrics[0].value, 1.0);
  for (const size_t row : {1u, 2u}) {
    EXPECT_EQ(set.rows[row].unanswered,
              "the teacher gave no answer: cut off before it said anything: raise [teacher] "
              "max_tokens");
  }
}

TEST_F(TeacherTest, WhereAllWereCutOffBeforeTheyBeganTheCellFails) {
  add("x", "a");
  add("y", "a");
  steps = {{"x", test::cut_off("")}, {"y", test::cut_off("")}};
  EXPECT_EQ(test::message_of<TeacherError>([&] { ask(); }),
            "the teacher's 2 answers were cut off before it said anything: raise [teacher] "
            "max_tokens");
}

TEST_F(TeacherTest, TheSpendingLimitFailsTheCellSoThatItRunsAgain) {
  for (const char* question : {"a", "b", "c"}) {
    add(question, "a");
    steps[question] = test::says("a", 1'000'000, 0);
  }
  options.input_price = 1.0;
  options.spending_limit = 1.5;
  EXPECT_THAT(test::message_of<TeacherError>([&] { ask(); }),
              HasSubstr("the teacher's spending limit is reached: "));
}

class TeacherJudgeTest : public TeacherTest {
 protected:
  static std::vector<std::vector<Message>> questions(const std::vector<std::string>& texts) {
    std::vector<std::vector<Message>> all;
    for (const std::string& text : texts) all.push_back({{"user", text, ""}});
    return all;
  }
};

TEST_F(TeacherJudgeTest, EachRepeatIsARequestOfItsOwnAndAskedOnce) {
  ScriptedTeacher server([](const nlohmann::json&, int64_t earlier) {
    return test::says(earlier == 0 ? "good" : "bad");
  });
  options.base_url = server.base_url();
  options.temperature = 0.4;
  for (int round = 0; round < 2; ++round) {
    Teacher teacher(options, folder.path());
    int64_t pulses = 0;
    const Judge judge = make_judge(teacher, 2, [&] { ++pulses; });
    EXPECT_EQ(judge.name, "big");
    EXPECT_EQ(judge.repeats, 2);
    const Judge::Answers answers = judge.ask(questions({"x", "y"}));
    ASSERT_EQ(answers.texts.size(), 2u);
    for (const auto& texts : answers.texts) EXPECT_THAT(texts, ElementsAre("good", "bad"));
    EXPECT_THAT(answers.reasons, Each(IsEmpty()));
    EXPECT_EQ(pulses, 4);
    EXPECT_EQ(server.seen().size(), 4u) << "round " << round;
  }
  EXPECT_EQ(server.seen()[0].json.at("temperature"), 0.4);
}

TEST_F(TeacherJudgeTest, WhatIsNotAnsweredHasTheReason) {
  steps = {{"x", test::says("good")}, {"y", test::filtered()}, {"z", test::cut_off("goo")}};
  ScriptedTeacher server(script());
  options.base_url = server.base_url();
  Teacher teacher(options, {});
  const Judge::Answers answers = make_judge(teacher, 1).ask(questions({"x", "y", "z"}));
  EXPECT_EQ(answers.texts[0][0], "good");
  EXPECT_EQ(answers.texts[1][0], std::nullopt);
  EXPECT_THAT(answers.reasons[1], StartsWith("the judge gave no answer: filtered"));
  EXPECT_EQ(answers.texts[2][0], std::nullopt);
  EXPECT_THAT(answers.reasons[2], StartsWith("the judge gave no answer: cut off"));
}

TEST_F(TeacherJudgeTest, AServerThatIsNotThereLeavesEverythingWithTheReason) {
  options.base_url = fmt::format("http://127.0.0.1:{}/v1", test::closed_port());
  Teacher teacher(options, {});
  const Judge::Answers answers = make_judge(teacher, 1).ask(questions({"x", "y"}));
  ASSERT_EQ(answers.texts.size(), 2u);
  EXPECT_EQ(answers.texts[1][0], std::nullopt);
  EXPECT_THAT(answers.reasons, Each(StartsWith("the judge gave no answer: ")));
}

}  // namespace
}  // namespace tuneval
