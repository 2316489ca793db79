#include "framework/summary/summary.h"

#include "tests/unit/summary/records.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tuneval {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const CellSummary& cell(const Summary& summary, const std::string& model, const std::string& task) {
  for (const TaskSummary& one : summary.tasks) {
    if (one.name != task) continue;
    for (const CellSummary& found : one.cells) {
      if (found.model == model) return found;
    }
  }
  throw Error("no such cell");
}

std::vector<std::string> order(const Ranking& ranking) {
  std::vector<std::string> rows;
  for (const RankingRow& row : ranking.rows) {
    rows.push_back(fmt::format("{} {} {:.2f}", row.position, row.model, row.rank.mean));
  }
  return rows;
}

TEST(Summary, RanksScoresAndDeltasTaskByTask) {
  const std::vector<CellRecord> records = {
      record_of("a", "t1", 0.5, 0.9),   record_of("b", "t1", 0.6, 0.9),
      record_of("c", "t1", 0.1, 0.8),   record_of("a", "t2", 0.5, 0.6),
      record_of("b", "t2", 0.25, 0.75), record_of("c", "t2", 0.5, 0.5)};
  const Summary summary = summarise(records);
  EXPECT_EQ(summary.tasks[0].metric, "accuracy");
  EXPECT_DOUBLE_EQ(cell(summary, "c", "t1").delta.value(), 0.7);
  EXPECT_EQ(cell(summary, "c", "t1").delta_rank, 1);
  EXPECT_EQ(cell(summary, "c", "t1").tuned_rank, 3);
  EXPECT_EQ(cell(summary, "a", "t2").base_rank, 1);
  EXPECT_EQ(cell(summary, "c", "t2").base_rank, 1);
  EXPECT_EQ(cell(summary, "b", "t2").base_rank, 3);
  EXPECT_THAT(order(summary.rankings[0]), ElementsAre("1 b 1.00", "2 a 1.50", "3 c 3.00"));
  EXPECT_THAT(order(summary.rankings[1]), ElementsAre("1 a 1.50", "2 b 2.00", "2 c 2.00"));
  EXPECT_THAT(order(summary.rankings[2]), ElementsAre("1 a 2.00", "1 b 2.00", "1 c 2.00"));
  EXPECT_THAT(summary.notes, IsEmpty());
}

TEST(Summary, EqualDeltasTieWhateverTheirLastBinaryDigit) {
  ASSERT_NE(0.9 - 0.5, 0.6 - 0.2);
  const Summary summary = summarise(std::vector{
      record_of("a", "t", 0.5, 0.9), record_of("b", "t", 0.2, 0.6), record_of("c", "t", 0.1, 0.6)});
  EXPECT_EQ(cell(summary, "c", "t").delta_rank, 1);
  EXPECT_EQ(cell(summary, "a", "t").delta_rank, 2);
  EXPECT_EQ(cell(summary, "b", "t").delta_rank, 2);
}

TEST(Summary, LowerIsBetterTurnsScoresAndDeltasRound) {
  std::vector<CellRecord> records = {record_of("a", "t", 5.0, 2.0), record_of("b", "t", 4.0, 3.0)};
  for (CellRecord& record : records) {
    record.base->metrics[0].higher_is_better = record.tuned->metrics[0].higher_is_better = false;
  }
  const Summary summary = summarise(records);
  EXPECT_FALSE(summary.tasks[0].higher_is_better);
  EXPECT_EQ(cell(summary, "a", "t").tuned_rank, 1);
  EXPECT_EQ(cell(summary, "a", "t").base_rank, 2);
  EXPECT_EQ(cell(summary, "a", "t").delta, -3.0);
  EXPECT_EQ(cell(summary, "a", "t").delta_rank, 1);
}

TEST(Summary, TellsFailedFromLeftFromNotPlanned) {
  const std::vector<CellRecord> records = {record_of("a", "t1", 0.5, 0.9),
                                           failed_record("b", "t1")};
  const Summary summary = summarise(
      records, {IntervalMethod::published, {{"b", "t1", ""}, {"a", "t1", ""}, {"a", "t2", ""}}});
  EXPECT_EQ(summary.models[0].name, "b") << "the plan's order";
  EXPECT_EQ(cell(summary, "a", "t1").state, CellState::done);
  EXPECT_EQ(cell(summary, "b", "t1").state, CellState::failed);
  EXPECT_EQ(cell(summary, "b", "t1").error->kind, "TuneError");
  EXPECT_EQ(cell(summary, "a", "t2").state, CellState::left);
  EXPECT_EQ(cell(summary, "b", "t2").state, CellState::not_planned);
  EXPECT_EQ(summary.cells_in(CellState::left).size(), 1u);
  EXPECT_EQ(summary.tasks[1].metric, "") << "nothing is known of a task without a record";
  EXPECT_EQ(cell(summary, "a", "t1").tuned_rank, 1) << "a failed cell takes no rank";
  EXPECT_FALSE(summary.models[0].tuned);
  EXPECT_THAT(order(summary.rankings[0]), ElementsAre("1 a 1.00"));
}

TEST(Summary, WithoutAPlanEveryPairIsExpected) {
  const Summary summary =
      summarise(std::vector{record_of("a", "t1", 0.5, 0.9), record_of("b", "t2", 0.5, 0.9)});
  EXPECT_EQ(summary.cells_in(CellState::left).size(), 2u);
}

TEST(Summary, AFailedCellsBaseScoreCounts) {
  CellRecord failed = failed_record("a", "t");
  failed.base = score_of(0.9);
  const Summary summary = summarise(std::vector{failed, record_of("b", "t", 0.5, 0.6)});
  EXPECT_EQ(cell(summary, "a", "t").base_rank, 1);
  EXPECT_EQ(cell(summary, "b", "t").base_rank, 2);
  EXPECT_EQ(cell(summary, "b", "t").tuned_rank, 1);
}

TEST(Summary, WithoutABaseScoreThereIsNoDelta) {
  const Summary summary = summarise(std::vector{record_of("a", "t", std::nullopt, 0.6)});
  EXPECT_FALSE(cell(summary, "a", "t").delta);
  EXPECT_THAT(summary.rankings[1].rows, IsEmpty());
  EXPECT_THAT(summary.rankings[2].rows, IsEmpty());
  EXPECT_THAT(order(summary.rankings[0]), ElementsAre("1 a 1.00"));
}

TEST(Summary, OfSeveralRecordsTheLatestDoneOneCounts) {
  CellRecord early = record_of("a", "t", 0.1, 0.2), late = record_of("a", "t", 0.3, 0.4);
  CellRecord failed = failed_record("a", "t");
  early.id = "early", late.id = "late", failed.id = "failed";
  late.finished = "2026-03-17T00:00:00Z";
  failed.finished = "2026-03-18T00:00:00Z";
  const Summary summary = summarise(std::vector{late, failed, early});
  EXPECT_EQ(cell(summary, "a", "t").id, "late");
  EXPECT_THAT(summary.notes,
              ElementsAre("a on t has several records: late counts, left out are failed, early."));
}

TEST(Summary, OnlyTheRecordOfThePlannedIdCounts) {
  CellRecord old_recipe = record_of("a", "t", 0.1, 0.2);
  old_recipe.id = "old";
  const Summary summary =
      summarise(std::vector{old_recipe}, {IntervalMethod::published, {{"a", "t", "new"}}});
  EXPECT_EQ(cell(summary, "a", "t").state, CellState::left);
  EXPECT_THAT(summary.notes, ElementsAre("Records of no cell of this run were left out: old."));
}

TEST(Summary, WhatCannotBeRankedIsNamed) {
  CellRecord nothing_scored = record_of("a", "t", 0.5, 0.0);
  nothing_scored.tuned->metrics[0].scored = 0;
  CellRecord other_metric = record_of("b", "t", 0.5, std::nullopt);
  other_metric.tuned = score_of(0.7, "rouge");
  CellRecord not_finite = record_of("c", "t", 0.5, std::numeric_limits<double>::infinity());
  const Summary summary = summarise(
      std::vector{nothing_scored, other_metric, not_finite, record_of("d", "t", 0.5, 0.25)});
  EXPECT_THAT(order(summary.rankings[0]), ElementsAre("1 d 1.00"));
  EXPECT_THAT(
      summary.notes,
      AllOf(Contains("The tuned score of a on t has no scored example."),
            Contains("The tuned score of b on t lacks accuracy, which the task is ranked by."),
            Contains("The tuned score of c on t is inf, which cannot be ranked.")));
}

TEST(Summary, AHeadlineIsFoundByNameInAnyPlace) {
  CellRecord other_order = record_of("b", "t", std::nullopt, std::nullopt);
  other_order.tuned = score_of(0.1, "macro_f1");
  other_order.tuned->metrics.push_back(score_of(0.8).metrics[0]);
  const Summary summary = summarise(std::vector{record_of("a", "t", 0.5, 0.9), other_order});
  EXPECT_EQ(cell(summary, "b", "t").tuned->value, 0.8);
}

TEST(Summary, CellsThatWereNotTunedAlikeAreNamed) {
  CellRecord one = record_of("a", "t", 0.1, 0.2), other = record_of("b", "t", 0.1, 0.2);
  one.recipe = {{"epochs", 4}, {"rank", 64}, {"checkpoint_steps", 1}};
  other.recipe = {{"epochs", 2}, {"rank", 64}, {"checkpoint_steps", 2}};
  other.seed = 1;
  other.task.hash = "other data";
  const Summary summary = summarise(std::vector{one, other});
  EXPECT_THAT(summary.notes,
              ElementsAre("The cells do not compare like with like; between them differ: epochs, "
                          "seed.",
                          "Not every model had the same data of: t."));
}

TEST(Summary, UnevenNumbersOfTasksAreNamed) {
  const std::vector<CellRecord> records = {record_of("a", "t1", 0.5, 0.9),
                                           record_of("a", "t2", 0.5, 0.9),
                                           record_of("b", "t1", 0.5, 0.9)};
  EXPECT_THAT(summarise(records).notes,
              ElementsAre(HasSubstr("differs between models (ranking: tuned, base, delta)")));
}

TEST(Summary, NothingGivesNothing) {
  const Summary summary = summarise({});
  EXPECT_THAT(summary.models, IsEmpty());
  EXPECT_THAT(summary.tasks, IsEmpty());
  EXPECT_EQ(summary.rankings.size(), 3u);
}

}  // namespace
}  // namespace tuneval
