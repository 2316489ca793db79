#include "framework/score/judged_scores.h"

#include "framework/score/metrics.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Answer = std::optional<std::string>;

/// "good" is 1, "bad" 0, "half" a half; the question is the prediction itself.
struct Verdicts : Judged {
  explicit Verdicts(bool lower_is_better = false) : lower(lower_is_better) {}
  std::vector<Message> question(const Example&, const Prediction& prediction) const override {
    return {{"user", prediction.text, ""}};
  }
  SampleScore read_verdict(std::string_view answer) const override {
    if (answer == "good") return SampleScore::of(1.0);
    if (answer == "half") return SampleScore::of(0.5);
    if (answer == "bad") return SampleScore::of(0.0);
    return SampleScore::unscored("no verdict in it");
  }
  bool higher_is_better() const override { return !lower; }

  const bool lower;
};

class JudgedScoresTest : public testing::Test {
 protected:
  JudgedScoresTest() {
    judge.name = "tester";
    judge.ask = [this](const std::vector<std::vector<Message>>& questions) {
      Judge::Answers answers;
      for (const auto& question : questions) {
        asked.push_back(question.at(0).content);
        answers.texts.push_back(script.at(question.at(0).content));
        answers.reasons.push_back(reason);
      }
      return answers;
    };
  }
  void predict(const std::string& text, bool parsed = true) {
    predictions.push_back({parsed, parsed ? text : "", text});
    examples.emplace_back();
    rows.emplace_back();
  }
  JudgedScores judged(const Judged& metric = Verdicts()) {
    return judge_predictions(metric, judge, examples, predictions, rows);
  }

  Judge judge;
  std::map<std::string, std::vector<Answer>> script;
  std::string reason;
  std::vector<std::string> asked;
  std::vector<Example> examples;
  std::vector<Prediction> predictions;
  std::vector<PredictionRow> rows;
};

TEST_F(JudgedScoresTest, OnlyWhatWasParsedIsAskedOf) {
  predict("x");
  predict("y", false);
  predict("z");
  script = {{"x", {"good"}}, {"z", {"bad"}}};
  const JudgedScores found = judged();
  EXPECT_THAT(asked, ElementsAre("x", "z"));
  EXPECT_EQ(found.samples[0].value, 1.0);
  EXPECT_EQ(found.samples[1].value, 0.0);
  EXPECT_TRUE(found.samples[1].scored);
  EXPECT_EQ(found.samples[2].value, 0.0);
  EXPECT_THAT(found.details,
              ElementsAre(Pair("repeats", 1.0), Pair("unreadable", 0.0), Pair("unanswered", 0.0)));
}

TEST_F(JudgedScoresTest, TheWorstValueMayBeTheHighest) {
  predict("y", false);
  EXPECT_EQ(judged(Verdicts(/*lower=*/true)).samples[0].value, 1.0);
  EXPECT_THAT(asked, testing::IsEmpty());
}

TEST_F(JudgedScoresTest, RepeatsAreAveragedAndTheirDisagreementIsTold) {
  judge.repeats = 3;
  for (const char* text : {"same", "split", "partly", "mute"}) predict(text);
  script = {{"same", {"good", "good", "good"}},
            {"split", {"good", "bad", "bad"}},
            {"partly", {"hm", "half", std::nullopt}},
            {"mute", {std::nullopt, std::nullopt, std::nullopt}}};
  reason = "the judge gave no answer: filtered";
  const JudgedScores found = judged();
  EXPECT_EQ(found.samples[0].value, 1.0);
  EXPECT_DOUBLE_EQ(found.samples[1].value, 1.0 / 3.0);
  EXPECT_EQ(found.samples[2].value, 0.5);
  EXPECT_FALSE(found.samples[3].scored);
  EXPECT_EQ(found.samples[3].reason, reason);
  // Two examples have two verdicts that can be read; of them one has verdicts that differ.
  EXPECT_THAT(found.details, ElementsAre(Pair("repeats", 3.0), Pair("disagreement", 0.5),
                                         Pair("unreadable", 1.0), Pair("unanswered", 4.0)));
}

TEST_F(JudgedScoresTest, WithoutAVerdictAnExampleIsUnscoredWithTheReason) {
  judge.repeats = 2;
  predict("x");
  script = {{"x", {"hm", std::nullopt}}};
  const JudgedScores found = judged();
  EXPECT_FALSE(found.samples[0].scored);
  EXPECT_EQ(found.samples[0].reason, "no verdict in it");
}

TEST_F(JudgedScoresTest, WhatHasNoAnswerIsNotJudged) {
  predict("x");
  rows[0].unanswered = "the teacher gave no answer: filtered";
  const JudgedScores found = judged();
  EXPECT_FALSE(found.samples[0].scored);
  EXPECT_EQ(found.samples[0].reason, rows[0].unanswered);
  EXPECT_THAT(asked, testing::IsEmpty());
}

TEST_F(JudgedScoresTest, AJudgeThatLosesQuestionsIsCaught) {
  predict("x");
  judge.ask = [](const auto&) { return Judge::Answers(); };
  EXPECT_EQ(test::message_of<Error>([&] { judged(); }),
            "judge tester answered 0 questions: expected 1");
}

TEST_F(JudgedScoresTest, ScoringAsksTheJudgeAndNamesIt) {
  Registry registry;
  registry.add_metric("verdict",
                      [](const tuneval::Config&) { return std::make_shared<Verdicts>(); });
  TaskData task;
  predict("x");
  predict("y", false);
  predict("z");
  task.test = examples;
  script = {{"x", {"good"}}, {"z", {"hm"}}};
  const std::vector<std::string> names = {"verdict"};
  const auto values = score_predictions(task, registry, names, predictions, rows, &judge);
  EXPECT_EQ(values.at(0).judge, "tester");
  EXPECT_EQ(values[0].scored, 2);
  EXPECT_EQ(values[0].unscored, 1);
  EXPECT_DOUBLE_EQ(values[0].value, 0.5);
  EXPECT_EQ(values[0].details.size(), 3u);
  EXPECT_EQ(rows[2].scores.at(0).second.reason, "no verdict in it");

  for (PredictionRow& row : rows) row.scores.clear();
  const auto alone = score_predictions(task, registry, names, predictions, rows);
  EXPECT_EQ(alone.at(0).judge, "");
  EXPECT_EQ(alone[0].unscored, 3);
  EXPECT_EQ(rows[0].scores.at(0).second.reason, "no judge is configured");
}

}  // namespace
}  // namespace tuneval
