#include "framework/compare/compare.h"

#include "framework/compare/paired_cells.h"
#include "framework/summary/comparison.h"
#include "tests/support/scored_run.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuneval {
namespace {

using test::answers;
using test::ScoredRun;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ComparedRun run_of(const ScoredRun& run, const std::string& name) {
  return {name, run.records(), predictions_in(run.store)};
}

RunComparison compared(const ScoredRun& first, const ScoredRun& second,
                       std::optional<double> fail_below = {}) {
  CompareOptions options;
  options.fail_below = fail_below;
  options.tests.resamples = 2000;
  return compare_runs(run_of(first, "a"), run_of(second, "b"), options);
}

TEST(Compare, OneRunWithItselfShowsNothing) {
  const ScoredRun run;
  run.add("small", "topics", answers(10, 40), answers(30, 40));
  const RunComparison comparison = compared(run, run, 0.0);
  ASSERT_EQ(comparison.cells.size(), 1U);
  const ComparedCell& cell = comparison.cells[0];
  EXPECT_EQ(cell.delta, 0.0);
  ASSERT_TRUE(cell.paired);
  EXPECT_EQ(cell.paired->p, 1.0);
  EXPECT_EQ(cell.paired->told, Told::noise);
  EXPECT_THAT(comparison.changes, IsEmpty());
  EXPECT_THAT(comparison.failures, IsEmpty());
  ASSERT_EQ(comparison.ranks.size(), 3U);
}

TEST(Compare, ALossPastNoiseFails) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(10, 40), answers(35, 40));
  second.add("small", "topics", answers(10, 40), answers(15, 40));
  const RunComparison comparison = compared(first, second, -0.02);
  const ComparedCell& cell = comparison.cells.at(0);
  EXPECT_THAT(*cell.delta, DoubleNear(-0.5, 1e-12));
  EXPECT_EQ(cell.paired->test, "mcnemar");
  EXPECT_THAT(cell.paired->p, DoubleNear(2.0 / (1 << 20), 1e-12)) << "20 pairs, all to one side";
  EXPECT_EQ(cell.paired->told, Told::worse);
  EXPECT_LT(cell.paired->interval->high, 0.0);
  EXPECT_TRUE(cell.fails);
  ASSERT_TRUE(cell.changes);
  EXPECT_EQ(cell.changes->first_only.size(), 20U);
  EXPECT_THAT(cell.changes->second_only, IsEmpty());
  EXPECT_THAT(comparison.failures, ElementsAre(HasSubstr("small on topics: accuracy went from")));
  EXPECT_THAT(compared(second, first, -0.02).failures, IsEmpty()) << "a gain";
  EXPECT_THAT(compared(first, second).failures, IsEmpty()) << "nobody asked";
}

TEST(Compare, ALossWithinNoisePasses) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(10, 40), answers(32, 40));
  second.add("small", "topics", answers(10, 40), answers(30, 40));
  const RunComparison comparison = compared(first, second, -0.02);
  EXPECT_EQ(comparison.cells.at(0).paired->told, Told::noise);
  EXPECT_THAT(comparison.failures, IsEmpty());
}

TEST(Compare, ASmallLossIsNoFailureHoweverSure) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(0, 400), answers(300, 400));
  second.add("small", "topics", answers(0, 400), answers(290, 400));
  EXPECT_EQ(compared(first, second).cells.at(0).paired->told, Told::worse);
  EXPECT_THAT(compared(first, second, -0.03).failures, IsEmpty());
  EXPECT_EQ(compared(first, second, -0.02).failures.size(), 1U);
}

TEST(Compare, ALossOfJustTheBarPasses) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(0, 400), answers(300, 400));
  second.add("small", "topics", answers(0, 400), answers(292, 400));  // 0.73 − 0.75 < −0.02
  EXPECT_EQ(compared(first, second).cells.at(0).paired->told, Told::worse);
  EXPECT_THAT(compared(first, second, -0.02).failures, IsEmpty());
}

TEST(Compare, AnswersOfOneRowBelongTogether) {
  const ScoredRun first, second;
  const auto add = [](const ScoredRun& run, const ScoredRun::Values& values) {
    const CellRecord record = ScoredRun::record_of("small", "topics", std::nullopt, values);
    auto rows = ScoredRun::rows_of(values);
    for (size_t i = 0; i < rows.size(); ++i) rows[i].where = fmt::format("test.jsonl:{}", i / 8);
    write_predictions(run.store.predictions_path(record.id, Stage::tuned), rows);
    run.store.write(record);
  };
  add(first, answers(8, 40));
  add(second, answers(16, 40));
  const ComparedCell cell = compared(first, second).cells.at(0);
  ASSERT_TRUE(cell.paired);
  EXPECT_EQ(cell.paired->test, "sign_flips");
  EXPECT_EQ(cell.paired->p, 1.0) << "eight answers, but of one conversation";
}

TEST(Compare, WhereLowerIsBetterALossIsARise) {
  const ScoredRun first, second;
  const auto add = [](const ScoredRun& run, const ScoredRun::Values& values) {
    CellRecord record = ScoredRun::record_of("small", "topics", std::nullopt, values);
    record.tuned->metrics[0].higher_is_better = false;
    run.write(record, std::nullopt, values);
  };
  add(first, answers(5, 40));
  add(second, answers(35, 40));
  const RunComparison comparison = compared(first, second, -0.1);
  EXPECT_EQ(comparison.cells.at(0).paired->told, Told::worse);
  EXPECT_EQ(comparison.failures.size(), 1U);
}

TEST(Compare, HolmCountsAllCells) {
  // Six pairs to one side: p = 2/64, which is enough alone and not among four.
  const ScoredRun first, second;
  for (const char* task : {"a", "b", "c", "d"}) {
    const bool differs = task == std::string("a");
    first.add("small", task, std::nullopt, answers(differs ? 16 : 10, 40));
    second.add("small", task, std::nullopt, answers(10, 40));
  }
  const RunComparison comparison = compared(first, second);
  EXPECT_THAT(comparison.cells.at(0).paired->p, DoubleNear(2.0 / 64, 1e-12));
  EXPECT_THAT(comparison.cells.at(0).paired->adjusted, DoubleNear(8.0 / 64, 1e-12));
  EXPECT_EQ(comparison.cells.at(0).paired->told, Told::noise);
  EXPECT_EQ(comparison.count(Told::noise), 4);
}

TEST(Compare, ACellThatIsGoneOrFailedFails) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(10, 40), answers(30, 40));
  first.add("small", "intents", answers(10, 40), answers(30, 40));
  CellRecord failed = ScoredRun::record_of("small", "topics", std::nullopt, std::nullopt);
  failed.status = "failed";
  failed.error = CellError{"TuneError", "the loss is nan at step 3"};
  second.write(failed, std::nullopt, std::nullopt);
  const RunComparison comparison = compared(first, second, -0.02);
  EXPECT_THAT(comparison.failures,
              ElementsAre(HasSubstr("small on topics: a has a score, b has none"),
                          HasSubstr("small on intents: b has no record of it")));
  EXPECT_THAT(comparison.cells.at(0).note, HasSubstr("the loss is nan"));
  EXPECT_THAT(comparison.only_first, ElementsAre("small on intents"));
  EXPECT_THAT(compared(second, first, -0.02).failures, IsEmpty()) << "what was not there before";
}

TEST(Compare, WithoutPredictionsAFallIsAFailureThatSaysSo) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(10, 40), answers(30, 40));
  const CellRecord record =
      ScoredRun::record_of("small", "topics", answers(10, 40), answers(20, 40));
  second.write(record, std::nullopt, std::nullopt);
  const RunComparison comparison = compared(first, second, -0.02);
  EXPECT_FALSE(comparison.cells.at(0).paired);
  EXPECT_THAT(comparison.failures,
              ElementsAre(HasSubstr("nothing shows that it is noise: b has no predictions of it")));
}

TEST(Compare, SaysWhatChanged) {
  const ScoredRun first, second;
  const auto values = answers(10, 40);
  first.add("small", "topics", values, values);
  CellRecord record = ScoredRun::record_of("small", "topics", values, values);
  record.recipe["learning_rate"] = 0.0001;
  record.recipe["rank"] = 8;
  record.task.hash = "facade";
  record.versions.plugins["accuracy"] = "0.2.0";
  second.write(record, values, values);
  EXPECT_THAT(compared(first, second).changes,
              ElementsAre(RunChange{"data of topics", "decade, 24 rows to train on, 4 to test",
                                    "facade, 24 rows to train on, 4 to test", 1},
                          RunChange{"plugin accuracy", "0.1.0", "0.2.0", 1},
                          RunChange{"recipe.learning_rate", "0.0002", "0.0001", 1},
                          RunChange{"recipe.rank", "", "8", 1}));
}

TEST(Compare, PairsSeedsFirstAndThenWhatIsLeft) {
  const auto values = answers(10, 40);
  const auto record = [&](const std::string& task, uint64_t seed) {
    CellRecord made = ScoredRun::record_of("small", task, values, values);
    made.seed = seed;
    made.id += fmt::format("-{}", seed);
    return made;
  };
  const std::vector<CellRecord> first = {record("a", 1), record("a", 2), record("b", 1)};
  const std::vector<CellRecord> second = {record("a", 2), record("a", 3), record("b", 9)};
  const PairedCells paired = pair_cells(first, second);
  ASSERT_EQ(paired.pairs.size(), 3U);
  EXPECT_EQ(paired.pairs[0].first->seed, 1U) << "alone left of its cell on either side";
  EXPECT_EQ(paired.pairs[0].second->seed, 3U);
  EXPECT_EQ(paired.pairs[1].first->seed, 2U);
  EXPECT_EQ(paired.pairs[1].second->seed, 2U);
  EXPECT_EQ(paired.pairs[2].second->seed, 9U);
  EXPECT_THAT(paired.only_first, IsEmpty());
}

TEST(Compare, OtherExamplesAreNotPaired) {
  const ScoredRun first, second;
  first.add("small", "topics", std::nullopt, answers(10, 40));
  const CellRecord record = ScoredRun::record_of("small", "topics", std::nullopt, answers(10, 40));
  auto rows = ScoredRun::rows_of(answers(10, 40));
  for (PredictionRow& row : rows) row.references = {"another answer"};
  write_predictions(second.store.predictions_path(record.id, Stage::tuned), rows);
  second.store.write(record);
  const ComparedCell cell = compared(first, second).cells.at(0);
  EXPECT_FALSE(cell.paired);
  EXPECT_EQ(cell.note, "the test examples are not the same ones");
}

TEST(Compare, WhatIsNoMeanIsComparedByWhatItsRowsDo) {
  const ScoredRun first, second;
  const auto add = [](const ScoredRun& run, const ScoredRun::Values& values, double value) {
    CellRecord record = ScoredRun::record_of("small", "topics", std::nullopt, values);
    record.tuned->metrics[0].value = value;
    auto rows = ScoredRun::rows_of(values);
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].jackknife = {{"accuracy", value + (i % 2 ? 0.01 : -0.01)}};
    }
    write_predictions(run.store.predictions_path(record.id, Stage::tuned), rows);
    run.store.write(record);
  };
  add(first, answers(10, 40), 0.8);
  add(second, answers(10, 40), 0.6);
  const ComparedCell cell = compared(first, second).cells.at(0);
  ASSERT_TRUE(cell.paired);
  EXPECT_EQ(cell.paired->test, "sign_flips");
  EXPECT_THAT(cell.paired->difference, DoubleNear(-0.2, 1e-9));
  EXPECT_EQ(cell.paired->told, Told::worse);
}

TEST(Compare, AnotherBaseScoreIsNoted) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(10, 40), answers(30, 40));
  second.add("small", "topics", answers(11, 40), answers(30, 40));
  EXPECT_THAT(compared(first, second).notes, ElementsAre(HasSubstr("Of 1 scores before tuning 1")));
}

TEST(Compare, ABarAboveNothingIsRefused) {
  const ScoredRun run;
  run.add("small", "topics", std::nullopt, answers(10, 40));
  EXPECT_THAT([&] { compared(run, run, 0.1); },
              testing::ThrowsMessage<ManifestError>(HasSubstr("expected 0 or less")));
}

}  // namespace
}  // namespace tuneval
