// What the reports say of noise: intervals, gains, groups, margins.
#include "framework/report/report.h"
#include "tests/unit/summary/verdict_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace tuneval {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

/// On two tasks of 20 rows a model that gains, one that does not, and a teacher on one of them.
Summary two_models() {
  VerdictRun run;
  run.add("gains", "intents", right_of(4, 20), right_of(19, 20));
  run.add("stays", "intents", right_of(4, 20), right_of(6, 20));
  run.add("gains", "topics", right_of(5, 20), right_of(18, 20));
  run.add("stays", "topics", right_of(5, 20), right_of(5, 20));
  run.add_teacher("intents", right_of(19, 20), 0.3);
  return run.summary();
}

TEST(VerdictReport, AGainThatIsNoiseIsNotCalledOne) {
  const std::string text = terminal_report(two_models(), false);
  EXPECT_THAT(text, HasSubstr("What tuning gained, and whether that is more than noise"));
  EXPECT_THAT(text, HasSubstr("cannot be told from noise"));
  EXPECT_THAT(text, HasSubstr("(+0.100)")) << "in brackets among the scores";
  EXPECT_THAT(text, HasSubstr("+0.750"));
  EXPECT_THAT(text, Not(HasSubstr("(+0.750)")));
}

TEST(VerdictReport, AnswersComeBeforeWhatTheyAreMadeOf) {
  const std::string text = terminal_report(two_models(), false);
  const size_t advice = text.find("\nRecommendations\n"), ranking = text.find("\nRanking after");
  ASSERT_NE(advice, std::string::npos);
  EXPECT_LT(advice, ranking);
  EXPECT_LT(ranking, text.find("\nTask intents\n"));
  EXPECT_THAT(text, HasSubstr("Of 4 cells 2 gained, 0 lost, and 2 cannot be told from noise."));
}

TEST(VerdictReport, AScreenHasNoTableOfARowForEachOfManyCells) {
  VerdictRun run;
  run.options.verdict.resamples = 1000;
  for (int model = 0; model < 31; ++model) {
    for (const char* task : {"intents", "topics"}) {
      run.add(fmt::format("m{}", model), task, right_of(1, 4), right_of(2, 4));
    }
  }
  const Summary summary = run.summary();
  EXPECT_THAT(terminal_report(summary, false),
              AllOf(HasSubstr("The table of 62 rows is in the report's files."),
                    HasSubstr("Of 62 cells 0 gained"), Not(HasSubstr("McNemar  "))));
}

TEST(VerdictReport, AMarginOfNothingIsExplained) {
  EXPECT_THAT(terminal_report(two_models(), false), Not(HasSubstr("Where the margin is 0")));
  VerdictRun run;
  run.add("gains", "intents", right_of(4, 20), right_of(19, 20));
  run.add_teacher("intents", right_of(19, 20), 0.0);
  EXPECT_THAT(terminal_report(run.summary(), false), HasSubstr("Where the margin is 0"));
}

TEST(VerdictReport, ModelsThatShareNoTwoTasksAreNotTested) {
  VerdictRun run;
  run.add("a", "intents", {}, right_of(4, 20));
  run.add("b", "intents", {}, right_of(9, 20));
  run.add("b", "topics", {}, right_of(9, 20));
  EXPECT_THAT(terminal_report(run.summary(), false), HasSubstr("No test over tasks"));
  EXPECT_THAT(terminal_report(two_models(), false), Not(HasSubstr("No test over tasks")));
}

TEST(VerdictReport, WhereRowsCannotBeTestedOverTasksItSaysSo) {
  EXPECT_THAT(terminal_report(two_models(), false), Not(HasSubstr("By rows they were not tested")));
  VerdictRun run;
  for (const char* task : {"intents", "topics"}) {
    run.add("a", task, {}, right_of(4, 20));
    run.add("b", task, {}, right_of(9, 20));
  }
  run.predictions.erase({"b-topics-model", Stage::tuned});
  EXPECT_THAT(terminal_report(run.summary(), false), HasSubstr("By rows they were not tested"));
}

TEST(VerdictReport, GroupsPowerAndTheTeacherHaveTheirTables) {
  const std::string text = markdown_report(two_models());
  for (const char* heading :
       {"## Which models differ on a task", "## What these test sets can show",
        "## No worse than the teacher", "## Tunability", "## How to read this"}) {
    EXPECT_THAT(text, HasSubstr(heading));
  }
  EXPECT_THAT(text, HasSubstr("Nemenyi's critical difference is 1.39 ranks"));
  EXPECT_THAT(text, HasSubstr("p is adjusted by holm"));
}

TEST(VerdictReport, TheJsonHasAllOfIt) {
  const Json json = json_report(two_models());
  EXPECT_EQ(json["ties"], "min");
  EXPECT_EQ(json["missing"], "published");
  EXPECT_EQ(json["tasks"][0]["cells"][0]["tuned_rank"], 1);
  const Json& verdict = json["verdict"];
  EXPECT_EQ(verdict["options"]["alpha"], 0.05);
  const Json& cell = verdict["cells"][0];
  EXPECT_EQ(cell["model"], "gains");
  EXPECT_EQ(cell["tuned"]["method"], "wilson");
  EXPECT_EQ(cell["effect"]["test"], "mcnemar");
  EXPECT_EQ(cell["effect"]["told"], "better");
  EXPECT_EQ(cell["effect"]["counts"]["only_first"], 15);
  EXPECT_EQ(cell["effect"]["interval"].size(), 2u);
  EXPECT_EQ(cell["teacher"]["method"], "tango");
  const Json& task = verdict["tasks"][0];
  EXPECT_EQ(task["task"], "intents");
  EXPECT_EQ(task["rankings"]["tuned"]["pairs"][0]["first"], "gains");
  EXPECT_EQ(task["rankings"]["tuned"]["groups"].dump(), R"([["gains"],["stays"]])");
  EXPECT_EQ(task["power"]["best"], "gains");
  EXPECT_EQ(verdict["over_tasks"]["tuned"]["tasks"].size(), 2u);
  EXPECT_EQ(verdict["over_tasks"]["tuned"]["rows"]["pairs"].size(), 1u);
  EXPECT_EQ(verdict["tunability"]["headroom"][0]["model"], "gains");
}

TEST(VerdictReport, EveryLineOfACsvHasAsManyFields) {
  const Summary summary = two_models();
  ASSERT_TRUE(has_verdict(summary));
  for (const std::string& text : {verdict_csv(summary), pairs_csv(summary), ranking_csv(summary)}) {
    std::istringstream stream(text);
    std::string line;
    std::getline(stream, line);
    const auto commas = std::ranges::count(line, ',');
    int lines = 0;
    for (; std::getline(stream, line); ++lines) EXPECT_EQ(std::ranges::count(line, ','), commas);
    EXPECT_GT(lines, 3);
  }
  EXPECT_THAT(pairs_csv(summary), StartsWith("task,ranking,first,second,difference,low,high,"));
  EXPECT_THAT(verdict_csv(summary), HasSubstr("\nintents,gains,"));
}

TEST(VerdictReport, HalvesAreWrittenAsTheyAre) {
  VerdictRun run;
  run.add("a", "t", {}, right_of(5, 20));
  run.add("b", "t", {}, right_of(5, 20));
  run.options.rules.ties = TieRule::average;
  const Summary summary = run.summary();
  EXPECT_EQ(json_report(summary)["tasks"][0]["cells"][0]["tuned_rank"], 1.5);
  EXPECT_THAT(terminal_report(summary, false),
              AllOf(HasSubstr("1.5"), HasSubstr("share the mean of their rank numbers")));
}

TEST(VerdictReport, WithoutPredictionsThereIsNothingToSayOfNoise) {
  const std::vector<CellRecord> records = {record_of("a", "t", 0.25, 0.75)};
  const Summary summary = summarise(records);
  EXPECT_FALSE(has_verdict(summary));
  EXPECT_THAT(terminal_report(summary, false), Not(HasSubstr("more than noise")));
}

}  // namespace
}  // namespace tuneval
