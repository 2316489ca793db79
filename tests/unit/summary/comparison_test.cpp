#include "framework/summary/comparison.h"

#include "tests/support/folder.h"
#include "tests/unit/summary/records.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace tuneval {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A record of what stands beside the models.
CellRecord beside(CellKind kind, const std::string& name, const std::string& task, double score) {
  CellRecord record = record_of(name, task, score, std::nullopt);
  record.kind = kind;
  record.id = fmt::format("{}-{}-{}", name, task, to_string(kind));
  if (kind == CellKind::seed_only) std::swap(record.base, record.tuned);
  if (kind == CellKind::teacher) {
    record.model.path = "gpt-oss-120b";
    record.recipe = {{"shots", 1}, {"margin", 0.05}};
  }
  return record;
}

class ComparisonTest : public testing::Test {
 protected:
  Summary summary() {
    SummaryOptions options;
    options.margin = margin;
    if (!predictions.empty()) {
      options.predictions = [this](const std::string& id,
                                   Stage stage) -> std::optional<std::vector<PredictionRow>> {
        const auto found = predictions.find({id, stage});
        if (found == predictions.end()) return std::nullopt;
        return found->second;
      };
    }
    return summarise(records, options);
  }

  std::vector<CellRecord> records = {record_of("m", "t", 0.5, 0.75),
                                     beside(CellKind::teacher, "teacher", "t", 0.9)};
  std::map<std::pair<std::string, Stage>, std::vector<PredictionRow>> predictions;
  std::optional<double> margin;
};

TEST_F(ComparisonTest, WhatStandsBesideTakesNoRank) {
  records.push_back(beside(CellKind::majority, "majority", "t", 0.8));
  records.push_back(beside(CellKind::seed_only, "m", "t", 0.95));
  records.push_back(record_of("n", "t", 0.25, 0.5));
  const Summary found = summary();
  EXPECT_EQ(found.models.size(), 2u);
  const TaskSummary& task = found.tasks.at(0);
  ASSERT_EQ(task.cells.size(), 2u);
  EXPECT_EQ(task.cells[0].tuned_rank, 1);
  EXPECT_EQ(task.cells[1].tuned_rank, 2);
  ASSERT_EQ(task.baselines.size(), 3u);
  EXPECT_EQ(task.baselines[0].kind, CellKind::teacher);
  EXPECT_EQ(task.baselines[0].model, "gpt-oss-120b");
  EXPECT_EQ(task.baselines[1].kind, CellKind::majority);
  EXPECT_DOUBLE_EQ(task.baselines[1].score.value().value, 0.8);
  EXPECT_EQ(task.baselines[2].name, "m");
  EXPECT_DOUBLE_EQ(task.cells[0].seed_only.value().value, 0.95);
  EXPECT_FALSE(task.cells[1].seed_only);
  EXPECT_THAT(found.notes, IsEmpty());  // other recipes and data are no unlikeness here
}

TEST_F(ComparisonTest, ATaskMayHaveNothingButATeacherYet) {
  records.erase(records.begin());
  const TaskSummary task = summary().tasks.at(0);
  EXPECT_EQ(task.metric, "accuracy");
  EXPECT_EQ(task.task_type, "classification");
  EXPECT_THAT(task.cells, IsEmpty());
  ASSERT_EQ(task.baselines.size(), 1u);
}

TEST_F(ComparisonTest, RecordsAloneGiveDeltaAndGap) {
  const CellSummary cell = summary().tasks.at(0).cells.at(0);
  ASSERT_TRUE(cell.teacher);
  EXPECT_DOUBLE_EQ(cell.teacher->teacher, 0.9);
  EXPECT_DOUBLE_EQ(cell.teacher->delta, 0.75 - 0.9);
  EXPECT_DOUBLE_EQ(cell.teacher->gap_closed.value(), 0.25 / 0.4);
  EXPECT_FALSE(cell.teacher->as_good);
  EXPECT_FALSE(cell.teacher->agreement);
  EXPECT_FALSE(cell.changes);
}

TEST_F(ComparisonTest, TheMarginIsTheRunsElseTheRecords) {
  records[0].tuned = score_of(0.85);  // 0.85 − 0.9 is −0.05 but for its last binary digit
  EXPECT_TRUE(summary().tasks.at(0).cells.at(0).teacher->as_good);
  margin = 0.04;
  EXPECT_FALSE(summary().tasks.at(0).cells.at(0).teacher->as_good);
}

TEST_F(ComparisonTest, ATeacherNoBetterThanTheBaseLeavesNoGap) {
  records[0].base = score_of(0.9);
  EXPECT_EQ(summary().tasks.at(0).cells.at(0).teacher->gap_closed, std::nullopt);
  records[0].base.reset();
  EXPECT_EQ(summary().tasks.at(0).cells.at(0).teacher->gap_closed, std::nullopt);
}

TEST_F(ComparisonTest, PredictionsSayOnWhichExamples) {
  predictions = {{{"m-t", Stage::base}, rows({1, 0, 0, 0})},
                 {{"m-t", Stage::tuned}, rows({0, 1, 1, 0})},
                 {{"teacher-t-teacher", Stage::base}, rows({1, 1, 0, 0})}};
  const CellSummary cell = summary().tasks.at(0).cells.at(0);
  ASSERT_TRUE(cell.changes && cell.teacher->agreement);
  EXPECT_THAT(cell.changes->first_only, ElementsAre("test.jsonl:2", "test.jsonl:3"));
  EXPECT_THAT(cell.changes->second_only, ElementsAre("test.jsonl:1"));
  EXPECT_EQ(cell.changes->neither, 1);
  EXPECT_EQ(cell.teacher->agreement->both, 1);
  EXPECT_THAT(cell.teacher->agreement->first_only, ElementsAre("test.jsonl:3"));
  EXPECT_THAT(cell.teacher->agreement->second_only, ElementsAre("test.jsonl:1"));
}

TEST_F(ComparisonTest, OtherTestExamplesAreNoted) {
  predictions = {{{"m-t", Stage::tuned}, rows({0, 1, 1})},
                 {{"teacher-t-teacher", Stage::base}, rows({1, 1})}};
  const Summary found = summary();
  EXPECT_FALSE(found.tasks.at(0).cells.at(0).teacher->agreement);
  EXPECT_THAT(found.notes,
              Contains("m and teacher were scored on different test examples of t: delta and "
                       "gap compare other examples, and none is paired."));
}

TEST_F(ComparisonTest, ScoresOverOtherExamplesAreNotedOnceATask) {
  records.push_back(record_of("n", "t", 0.5, 0.75));
  records.push_back(record_of("o", "t", 0.5, 0.75));
  auto teacher = rows({1, 1, 0, 0}), other = rows({0, 1, 1, 0});
  teacher[0].scores[0].second = SampleScore::unscored("filtered");
  other[0].scores = teacher[0].scores;
  other[3].scores = teacher[0].scores;
  predictions = {{{"m-t", Stage::tuned}, rows({0, 1, 1, 0})},
                 {{"n-t", Stage::tuned}, other},
                 {{"teacher-t-teacher", Stage::base}, teacher}};
  const Summary found = summary();
  EXPECT_EQ(found.tasks.at(0).cells.at(0).teacher->agreement->left_out, 1);
  EXPECT_EQ(found.tasks.at(0).cells.at(1).teacher->agreement->left_out, 2);
  EXPECT_THAT(found.notes, Contains(AllOf(HasSubstr("On t, teacher and these models"),
                                          testing::EndsWith(": m (1), n (1)."))));
  // Without predictions the counts alone tell.
  predictions.clear();
  records[1].base->metrics[0].scored = 97;
  EXPECT_THAT(summary().notes, ElementsAre(testing::EndsWith(": m (3), n (3), o (3).")));
}

TEST_F(ComparisonTest, NothingInCommonIsNoted) {
  auto student = rows({0, 1}), teacher = rows({0, 1});
  student[0].scores[0].second = SampleScore::unscored("no verdict");
  teacher[1].scores[0].second = SampleScore::unscored("filtered");
  predictions = {{{"m-t", Stage::tuned}, student}, {{"teacher-t-teacher", Stage::base}, teacher}};
  EXPECT_THAT(summary().notes,
              Contains("m and teacher have no scored test example of t in common."));
}

TEST_F(ComparisonTest, VerdictsOfSeveralJudgesAreNoted) {
  records[0].tuned->metrics[0].judge = "big";
  records[1].base->metrics[0].judge = "big";
  EXPECT_THAT(summary().notes, IsEmpty());
  records[1].base->metrics[0].judge = "small";
  EXPECT_THAT(summary().notes, ElementsAre("The verdicts on t are not those of one judge, and do "
                                           "not compare: big, small."));
  records[1].base->metrics[0].scored = 0;
  EXPECT_THAT(summary().notes, testing::Not(Contains(HasSubstr("judge"))));
}

TEST_F(ComparisonTest, AFailedTeacherIsShownAndComparesWithNothing) {
  records[1].status = "failed";
  records[1].error = CellError{"TeacherError", "401"};
  records[1].base.reset();
  const Summary found = summary();
  EXPECT_FALSE(found.tasks.at(0).cells.at(0).teacher);
  ASSERT_EQ(found.baselines_in(CellState::failed).size(), 1u);
  EXPECT_EQ(found.baselines_in(CellState::failed)[0]->error->message, "401");
  EXPECT_THAT(found.cells_in(CellState::failed), IsEmpty());
}

TEST_F(ComparisonTest, APlanSaysWhichRecordsCount) {
  records.push_back(beside(CellKind::teacher, "teacher", "t", 0.1));
  records.back().id = "older";
  records.push_back(beside(CellKind::nearest, "nearest", "t", 0.3));
  SummaryOptions options;
  options.planned = {{"teacher", "t", "teacher-t-teacher", CellKind::teacher},
                     {"majority", "t", "majority-t", CellKind::majority},
                     {"m", "t", {}, CellKind::model}};
  const Summary found = summarise(records, options);
  const auto& baselines = found.tasks.at(0).baselines;
  ASSERT_EQ(baselines.size(), 2u);
  EXPECT_DOUBLE_EQ(baselines[0].score.value().value, 0.9);
  EXPECT_EQ(baselines[1].state, CellState::left);
  EXPECT_THAT(found.notes, Contains(AllOf(HasSubstr("left out"), HasSubstr("older"),
                                          HasSubstr("nearest-t-nearest"))));
}

TEST_F(ComparisonTest, ARunFolderWithoutPredictionsHasNone) {
  const test::TempFolder folder;
  const RecordStore store(folder.path());
  const PredictionSource source = predictions_in(store);
  EXPECT_EQ(source("m-t", Stage::base), std::nullopt);
  write_predictions(store.predictions_path("m-t", Stage::base), rows({1, 0}));
  EXPECT_EQ(source("m-t", Stage::base).value().size(), 2u);
  test::write_text(store.predictions_path("m-t", Stage::base), "no JSON\n");
  SummaryOptions options;
  options.predictions = source;
  EXPECT_THAT(summarise(records, options).notes,
              Contains(HasSubstr("Predictions were not compared: ")));
}

}  // namespace
}  // namespace tuneval
