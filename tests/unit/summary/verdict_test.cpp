/// What test rows say of scores, of tuning and of the teacher, on rows few enough to count by hand.
#include "framework/statistics/detectable.h"
#include "framework/statistics/equivalence.h"
#include "framework/statistics/intervals.h"
#include "tests/unit/summary/verdict_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Values = VerdictRun::Values;

const CellVerdict& cell(const Summary& summary, const std::string& model = "a",
                        const std::string& task = "t") {
  const CellVerdict* found = summary.verdict.cell(model, task);
  EXPECT_NE(found, nullptr) << model << " on " << task;
  static const CellVerdict kNone;
  return found ? *found : kNone;
}

/// Two right before, these and six more after: p = 2 / 2⁶.
const Values kTwo = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, kEight = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0};

TEST(Verdict, ACellHasWilsonsIntervalsAndMcNemarsTest) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight);
  const CellVerdict found = cell(run.summary());
  ASSERT_TRUE(found.base && found.tuned && found.effect);
  EXPECT_EQ(found.tuned->method, "wilson");
  EXPECT_NEAR(found.tuned->interval.low, 0.490162, 1e-6);
  EXPECT_NEAR(found.tuned->interval.high, 0.943318, 1e-6);
  EXPECT_EQ(found.tuned->rows, 10);
  EXPECT_EQ(found.tuned->groups, 0);
  EXPECT_EQ(found.effect->test, "mcnemar");
  EXPECT_DOUBLE_EQ(found.effect->difference, 0.6);
  EXPECT_DOUBLE_EQ(found.effect->p, 0.03125);
  EXPECT_EQ(found.effect->counts, (PairedCounts{2, 6, 0, 2}));
  EXPECT_EQ(found.effect->told, Told::better);
  ASSERT_TRUE(found.effect->interval);
  EXPECT_GT(found.effect->interval->low, 0.2);
  EXPECT_LT(found.effect->interval->high, 0.91);
  EXPECT_EQ(found.effect->rows_needed, rows_needed_paired(0.6, 0.6));
}

TEST(Verdict, ErrorIsControlledOverTheWholeMatrix) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight);
  run.add("b", "u", kTwo, kTwo);
  const CellVerdict found = cell(run.summary());
  EXPECT_DOUBLE_EQ(found.effect->adjusted, 0.0625);
  EXPECT_EQ(found.effect->told, Told::noise);
  EXPECT_EQ(cell(run.summary(), "b", "u").effect->told, Told::noise);
  run.options.verdict.multiple = Adjustment::none;
  EXPECT_EQ(cell(run.summary()).effect->told, Told::better);
  run.options.verdict.alpha = 0.01;
  EXPECT_EQ(cell(run.summary()).effect->told, Told::noise);
}

TEST(Verdict, RowsOfOneConversationCountAsOne) {
  VerdictRun run;
  run.add("a", "t", right_of(0, 8), right_of(8, 8));
  run.group("t", {"p", "p", "q", "q", "r", "r", "s", "s"});
  const CellVerdict found = cell(run.summary());
  EXPECT_EQ(found.tuned->method, "clustered_wilson");
  EXPECT_EQ(found.tuned->groups, 4);
  EXPECT_EQ(found.tuned->interval, wilson_interval(4, 4).value());
  EXPECT_EQ(found.effect->test, "sign_flips");
  EXPECT_DOUBLE_EQ(found.effect->p, 0.125) << "2 / 2⁴";
  EXPECT_FALSE(found.effect->counts);
}

TEST(Verdict, AnswersOfOneRowBelongTogetherWithoutAName) {
  VerdictRun run;
  run.add("a", "t", right_of(0, 4), right_of(4, 4));
  for (auto& [key, rows] : run.predictions) rows[1].where = rows[0].where;
  EXPECT_EQ(cell(run.summary()).tuned->groups, 3);
}

TEST(Verdict, GradedScoresAreDrawnAndFlipped) {
  VerdictRun run;
  run.add("a", "t", {0.5, 0.25, 0.5, 0.75}, {0.75, 0.5, 0.75, 0.75});
  const CellVerdict found = cell(run.summary());
  EXPECT_EQ(found.tuned->method, "bootstrap");
  EXPECT_GE(found.tuned->interval.low, 0.5);
  EXPECT_LE(found.tuned->interval.high, 0.75);
  EXPECT_EQ(found.effect->test, "sign_flips");
  EXPECT_DOUBLE_EQ(found.effect->p, 0.25) << "2 / 2³: the fourth row does not differ";
}

TEST(Verdict, ManyGradedRowsUseTheSharedFlips) {
  VerdictRun run;
  Values base, tuned;
  for (int i = 0; i < 40; ++i) {
    base.push_back(0.25 + 0.01 * (i % 7));
    tuned.push_back(0.5 + 0.01 * (i % 5));
  }
  run.add("a", "t", base, tuned);
  const CellVerdict found = cell(run.summary());
  EXPECT_DOUBLE_EQ(found.effect->p, 1.0 / 10'001.0) << "no draw of signs reaches all alike";
  EXPECT_EQ(found.effect->told, Told::better);
}

TEST(Verdict, TheMethodOfAnIntervalMayBeChosen) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight);
  run.options.verdict.interval = ScoreInterval::clopper_pearson;
  EXPECT_EQ(cell(run.summary()).tuned->interval, clopper_pearson_interval(8, 10).value());
  run.options.verdict.interval = ScoreInterval::jeffreys;
  run.options.verdict.level = 0.9;
  EXPECT_EQ(cell(run.summary()).tuned->interval, jeffreys_interval(8, 10, 0.9).value());
  run.options.verdict.interval = ScoreInterval::bootstrap;
  EXPECT_EQ(cell(run.summary()).tuned->method, "bootstrap");
  run.add("b", "t", kTwo, right_of(10, 10));
  EXPECT_EQ(cell(run.summary(), "b").tuned->method, "wilson") << "the bootstrap sees no spread";
}

TEST(Verdict, AMetricThatIsNoMeanIsDrawnByItsPseudoValues) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight).tuned->metrics[0].value = 0.75;
  Summary summary = run.summary();
  EXPECT_FALSE(cell(summary).tuned);
  EXPECT_THAT(summary.notes,
              Contains(HasSubstr("have no interval and stand in no test: a (tuned)")));
  auto& rows = run.predictions.at({"a-t-model", Stage::tuned});
  for (size_t i = 0; i < rows.size(); ++i) rows[i].jackknife = {{"accuracy", 0.7 + 0.01 * i}};
  summary = run.summary();
  ASSERT_TRUE(cell(summary).tuned);
  EXPECT_EQ(cell(summary).tuned->method, "jackknife_bootstrap");
  EXPECT_TRUE(cell(summary).tuned->interval.contains(0.75));
  EXPECT_DOUBLE_EQ(cell(summary).effect->difference, 0.75 - 0.2);
  EXPECT_FALSE(cell(summary).format);
  EXPECT_THAT(summary.notes, IsEmpty());
}

TEST(Verdict, AGainIsTakenApartByForm) {
  VerdictRun run;
  run.add("a", "t", {1, 0, 0, 0}, {1, 0, 1, 0});
  auto& base = run.predictions.at({"a-t-model", Stage::base});
  base[2].parsed = base[3].parsed = false;
  const auto format = cell(run.summary()).format.value();
  EXPECT_DOUBLE_EQ(format.gain, 0.25);
  EXPECT_DOUBLE_EQ(format.by_form.value(), 0.25) << "half of the valid answers were right before";
  EXPECT_DOUBLE_EQ(format.by_content.value(), 0.0);
  EXPECT_EQ(format.became_valid.rows, 2);
}

TEST(Verdict, TheStudentIsHeldAgainstTheTeachersMargin) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight);
  run.add_teacher("t", right_of(8, 10), 0.3);
  const MarginResult found = cell(run.summary()).teacher.value();
  const auto expected = non_inferior_proportion({8, 0, 0, 2}, {0.3, 0.025}).value();
  EXPECT_EQ(found.method, "tango");
  EXPECT_DOUBLE_EQ(found.margin, 0.3);
  EXPECT_DOUBLE_EQ(found.result.p, expected.p);
  EXPECT_EQ(found.result.interval, expected.interval);
  EXPECT_EQ(found.result.holds, expected.holds);
  run.options.margin = 0.01;
  EXPECT_FALSE(cell(run.summary()).teacher->result.holds);
  run.group("t", {"p", "p", "q", "q", "r", "r", "s", "s", "u", "u"});
  EXPECT_EQ(cell(run.summary()).teacher->method, "bootstrap");
}

TEST(Verdict, TunabilityHasThreeMeasures) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight);
  run.add("b", "t", right_of(5, 10), kEight);
  run.add_teacher("t", right_of(9, 10), 0.0);
  const Summary summary = run.summary();
  const auto a = cell(summary, "a").tunability.value(), b = cell(summary, "b").tunability.value();
  EXPECT_DOUBLE_EQ(a.delta, 0.6);
  EXPECT_DOUBLE_EQ(a.share_of_headroom.value(), 0.75);
  EXPECT_DOUBLE_EQ(b.share_of_headroom.value(), 0.6);
  EXPECT_DOUBLE_EQ(a.share_of_gap.value(), 0.6 / 0.7);
  ASSERT_EQ(summary.verdict.tunability.size(), 2u);
  const TunabilityRanking& headroom = summary.verdict.tunability[0];
  EXPECT_EQ(headroom.ranking.name, "headroom");
  EXPECT_EQ(headroom.ranking.rows[0].model, "a");
  EXPECT_NEAR(headroom.mean_shares[1], 0.6, 1e-9);
  EXPECT_EQ(summary.verdict.tunability[1].ranking.name, "gap");
}

TEST(Verdict, SeveralSeedsAreOneScoreOnTheSameRows) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight).seed = 1;
  CellRecord& second = run.add("a", "t", {}, kTwo);
  second.seed = 2;
  second.id = "a-t-second";
  run.predictions[{"a-t-second", Stage::tuned}] = VerdictRun::parsed_rows(kTwo);
  run.predictions[{"a-t-model", Stage::tuned}] = VerdictRun::parsed_rows(kEight);
  const CellVerdict found = cell(run.summary());
  ASSERT_TRUE(found.effect);
  EXPECT_DOUBLE_EQ(found.effect->difference, 0.3);
  EXPECT_EQ(found.effect->test, "sign_flips") << "a mean of right and wrong is neither";
  EXPECT_DOUBLE_EQ(found.effect->p, 0.03125) << "six rows, all for the better by a half";
}

TEST(Verdict, WithoutPredictionsOnlyTheRecordsSpeak) {
  VerdictRun run;
  run.add("a", "t", kTwo, kEight);
  run.predictions.clear();
  const Summary summary = run.summary();
  EXPECT_THAT(summary.verdict.tasks, IsEmpty());
  EXPECT_FALSE(cell(summary).effect);
  EXPECT_TRUE(cell(summary).tunability);
}

}  // namespace
}  // namespace tuneval
