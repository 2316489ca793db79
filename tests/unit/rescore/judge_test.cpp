// Scoring again by a judge, and what is no model's.
#include "rescore_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using test::MadeCell;
using test::RescoreTest;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Says of every answer the same, and counts what it is asked.
struct SameVerdict {
  explicit SameVerdict(const std::string& text) {
    judge.name = "judge of " + text;
    judge.ask = [this, text](const std::vector<std::vector<Message>>& questions) {
      asked += questions.size();
      Judge::Answers answers;
      answers.texts.assign(questions.size(), {text});
      return answers;
    };
  }
  SameVerdict(const SameVerdict&) = delete;
  SameVerdict& operator=(const SameVerdict&) = delete;

  size_t asked = 0;
  Judge judge;
};

const MetricValue& metric(const ScoreSummary& score, const std::string& name) {
  const auto found = std::ranges::find(score.metrics, name, &MetricValue::name);
  if (found == score.metrics.end()) throw Error("no metric " + name);
  return *found;
}

class JudgeTest : public RescoreTest {
 protected:
  Rescored rescored_by(const Judge* judge, const std::vector<std::string>& metrics = {}) {
    RescoreOptions options;
    options.judge = judge;
    options.metrics = metrics;
    return rescore(run.store, plugins, options);
  }
  /// A second cell, already judged.
  void add_judged(const Judge& judge) {
    MadeCell made = cell("judged");
    made.model = "n";
    made.metrics = {"exact", "verdict"};
    made.judge = &judge;
    run.add_cell(plugins, made);
  }
};

TEST_F(JudgeTest, VerdictsAreAddedToARunWithoutAModel) {
  SameVerdict yes("yes");
  EXPECT_THAT(rescored_by(&yes.judge, {"verdict"}).faults, IsEmpty());
  const CellRecord record = run.store.read("one");
  EXPECT_THAT(names(*record.tuned), ElementsAre("exact", "verdict"));
  const MetricValue& base = metric(*record.base, "verdict");
  EXPECT_EQ(base.judge, "judge of yes");
  EXPECT_DOUBLE_EQ(base.value, 0.5);  // two of four were parsed
  EXPECT_DOUBLE_EQ(metric(*record.tuned, "verdict").value, 0.75);
  EXPECT_EQ(yes.asked, 5u);
  EXPECT_EQ(metric(*record.base, "exact").judge, "");
}

TEST_F(JudgeTest, WithoutAJudgeANewVerdictIsRefused) {
  const Rescored rescored = rescored_by(nullptr, {"verdict"});
  EXPECT_THAT(rescored.cells, IsEmpty());
  EXPECT_THAT(rescored.faults,
              ElementsAre(AllOf(HasSubstr("one: not scored again: "), HasSubstr("--judge"))));
}

TEST_F(JudgeTest, WithoutAJudgeVerdictsAreKept) {
  SameVerdict yes("yes");
  const auto toml = run.pack("p") / "pack.toml";
  test::write_text(toml, "metrics = [\"exact\", \"verdict\"]\n" + test::read_text(toml));
  run.add_cell(plugins, cell("one"));
  add_judged(yes.judge);
  const CellRecord before = run.store.read("judged");
  EXPECT_THAT(rescored_by(nullptr).faults, IsEmpty());
  const CellRecord after = run.store.read("judged");
  EXPECT_EQ(after.base, before.base);
  EXPECT_THAT(after.rescored->metrics, ElementsAre("exact"));
  EXPECT_DOUBLE_EQ(run.predictions("judged", Stage::base)[0].scores[1].second.value, 1.0);

  // Answers that are now read otherwise need other verdicts.
  const Rescored later = rescore(run.store, test::label_plugins(true), {});
  EXPECT_THAT(later.faults, ElementsAre(AllOf(HasSubstr("judged: "), HasSubstr("--judge"))));

  SameVerdict no("no");
  RescoreOptions options;
  options.judge = &no.judge;
  EXPECT_THAT(rescore(run.store, test::label_plugins(true), options).faults, IsEmpty());
  EXPECT_DOUBLE_EQ(metric(*run.store.read("judged").base, "verdict").value, 0.0);
}

TEST_F(JudgeTest, AJudgeThatIsNotThereCostsNoVerdicts) {
  SameVerdict yes("yes");
  add_judged(yes.judge);
  const std::string before = run.bytes();
  Judge dead;
  dead.name = "dead";
  dead.ask = [](const std::vector<std::vector<Message>>& questions) {
    Judge::Answers answers;
    answers.texts.assign(questions.size(), {std::nullopt});
    answers.reasons.assign(questions.size(), "the judge gave no answer: refused");
    return answers;
  };
  RescoreOptions options;
  options.judge = &dead;
  options.metrics = {"verdict"};
  options.model = "n";
  const Rescored rescored = rescore(run.store, plugins, options);
  EXPECT_THAT(rescored.cells, IsEmpty());
  EXPECT_THAT(rescored.faults,
              ElementsAre("judged: not scored again: the judge left 2 requests unanswered: the 4 "
                          "verdicts of before are kept; the first: the judge gave no answer: "
                          "refused"));
  EXPECT_EQ(run.bytes(), before);
  // Where there was no verdict there is none to lose.
  options.model = "m";
  EXPECT_THAT(rescore(run.store, plugins, options).faults, IsEmpty());
  EXPECT_EQ(metric(*run.store.read("one").base, "verdict").unscored, 2);
}

TEST_F(JudgeTest, WhatHadNoAnswerStaysUnscored) {
  const auto file = run.store.predictions_path("one", Stage::base);
  std::vector<PredictionRow> rows = read_predictions(file);
  rows[0].unanswered = "the teacher gave no answer: filtered";
  rows[0].completion = rows[0].prediction = "";
  rows[0].parsed = false;
  write_predictions(file, rows);
  SameVerdict yes("yes");
  EXPECT_THAT(rescored_by(&yes.judge, {"exact", "parsed", "verdict"}).faults, IsEmpty());
  const std::vector<PredictionRow> scored = run.predictions("one", Stage::base);
  for (const auto& [name, score] : scored[0].scores) {
    EXPECT_FALSE(score.scored) << name;
    EXPECT_EQ(score.reason, "the teacher gave no answer: filtered");
  }
  EXPECT_EQ(metric(*run.store.read("one").base, "parsed").unscored, 1);
}

TEST_F(JudgeTest, WhatIsNoModelsIsScoredAgainToo) {
  MadeCell teacher = cell("teacher");
  teacher.model = "teacher";
  teacher.kind = CellKind::teacher;
  teacher.model_type = "teacher";
  teacher.tuned.clear();
  run.add_cell(plugins, teacher);
  const Rescored rescored = rescored_by(nullptr, {"parsed"});
  EXPECT_THAT(rescored.faults, IsEmpty());
  EXPECT_THAT(rescored.cells, SizeIs(2));
  EXPECT_EQ(run.store.read("teacher").kind, CellKind::teacher);
  EXPECT_THAT(names(*run.store.read("teacher").base), ElementsAre("exact", "parsed"));
}

TEST_F(JudgeTest, ASeedOnlyCellIsReadFromItsSeed) {
  const auto pack = run.pack("q");
  run.add_pack("q");
  test::write_text(pack / "pack.toml",
                   test::read_text(pack / "pack.toml") + "[files]\nseed = \"seed.jsonl\"\n");
  test::write_text(pack / "seed.jsonl", test::RunFolder::rows({"b"}));
  MadeCell seeded = cell("seeded", "q");
  seeded.kind = CellKind::seed_only;
  seeded.base.clear();
  run.add_cell(plugins, seeded);
  EXPECT_THAT(rescored_by(nullptr).faults, IsEmpty());
  test::write_text(pack / "seed.jsonl", test::RunFolder::rows({"a"}));
  EXPECT_THAT(rescored_by(nullptr).faults,
              ElementsAre(HasSubstr("seeded: not scored again: the pack ")));
}

}  // namespace
}  // namespace tuneval
