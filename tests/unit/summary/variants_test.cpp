// Several seeds of one cell, and bands of learning rates.
#include "framework/summary/variants.h"

#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace tuneval {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A record of a seed: the first alone has a base score.
CellRecord seed_record(const std::string& model, const std::string& task, uint64_t seed,
                       double tuned) {
  CellRecord record = record_of(model, task, seed == 1 ? std::optional(0.25) : std::nullopt, tuned);
  record.id += fmt::format("-{}", seed);
  record.seed = seed;
  record.recipe = {{"learning_rate", 5e-5}, {"seed", seed}, {"epochs", 4}};
  return record;
}

CellRecord rate_record(const std::string& model, const std::string& task, double rate,
                       double validation_loss, double tuned, bool band = true) {
  CellRecord record = seed_record(model, task, 1, tuned);
  record.id += fmt::format("-{:g}", rate);
  record.band = band;
  if (band) record.base.reset();
  record.recipe["learning_rate"] = rate;
  record.tune = TuneSummary{};
  record.tune->validation_loss = validation_loss;
  return record;
}

PlannedCell planned(const std::string& model, const std::string& id, uint64_t seed,
                    std::optional<double> rate = {}) {
  return {model, "t", id, CellKind::model, seed, rate};
}

const CellSummary& first_cell(const Summary& summary) { return summary.tasks.at(0).cells.at(0); }

TEST(SeedsTest, ACellsScoreIsTheMeanAndItsExamplesTheFirstOnes) {
  const Summary summary =
      summarise(std::vector{seed_record("a", "t", 3, 0.9), seed_record("a", "t", 1, 0.6),
                            seed_record("a", "t", 2, 0.75)});
  const CellSummary& cell = first_cell(summary);
  EXPECT_EQ(cell.id, "a-t-1");
  EXPECT_DOUBLE_EQ(cell.tuned->value, 0.75);
  EXPECT_DOUBLE_EQ(cell.base->value, 0.25);
  EXPECT_DOUBLE_EQ(cell.delta.value(), 0.5);
  ASSERT_EQ(summary.variants.seeds.size(), 1u);
  const SeedSummary& seeds = summary.variants.seeds[0];
  EXPECT_DOUBLE_EQ(seeds.spread->mean, 0.75);
  EXPECT_NEAR(seeds.spread->deviation, 0.15, 1e-12);
  EXPECT_EQ(seeds.worst, 0.6);
  EXPECT_EQ(seeds.runs[0].seed, 1u) << "the first one's first";
  EXPECT_FALSE(seeds.variance) << "there are no predictions";
  EXPECT_THAT(summary.notes, IsEmpty());
}

TEST(SeedsTest, WhereLowerIsBetterTheWorstIsTheHighest) {
  std::vector<CellRecord> records = {seed_record("a", "t", 1, 2.0), seed_record("a", "t", 2, 3.0)};
  for (CellRecord& record : records) record.tuned->metrics[0].higher_is_better = false;
  EXPECT_EQ(summarise(records).variants.seeds.at(0).worst, 3.0);
}

TEST(SeedsTest, OneSeedIsNoSeveralSeeds) {
  const Summary summary = summarise(std::vector{seed_record("a", "t", 1, 0.6)});
  EXPECT_THAT(summary.variants.seeds, IsEmpty());
  EXPECT_THAT(summary.variants.noise, IsEmpty());
}

TEST(SeedsTest, RecordsOfAnotherRecipeAreNoSeeds) {
  CellRecord old = seed_record("a", "t", 2, 0.9), fresh = seed_record("a", "t", 1, 0.6);
  old.recipe["epochs"] = 1;
  fresh.finished = "2026-03-17T00:00:00Z";
  const Summary summary = summarise(std::vector{old, fresh});
  EXPECT_DOUBLE_EQ(first_cell(summary).tuned->value, 0.6);
  EXPECT_THAT(summary.variants.seeds, IsEmpty());
  EXPECT_THAT(summary.notes,
              ElementsAre("a on t has several records: a-t-1 counts, left out is a-t-2."));
}

TEST(SeedsTest, ThePlansOrderDecidesWhoIsFirstAndWhatIsLeftIsNamed) {
  SummaryOptions options;
  options.planned = {planned("a", "a-t-3", 3), planned("a", "a-t-2", 2), planned("a", "a-t-9", 9)};
  const Summary summary = summarise(
      std::vector{seed_record("a", "t", 2, 0.5), seed_record("a", "t", 3, 0.75)}, options);
  EXPECT_EQ(first_cell(summary).id, "a-t-3");
  EXPECT_EQ(first_cell(summary).state, CellState::done);
  const auto& runs = summary.variants.seeds.at(0).runs;
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[2].seed, 9u);
  EXPECT_EQ(runs[2].id, "");
  EXPECT_FALSE(runs[2].error);
  EXPECT_THAT(summary.notes, Contains("a on t has a tuned score of 2 of its 3 seeds."));
}

TEST(SeedsTest, AFailedSeedIsShownAndNotCounted) {
  CellRecord failed = seed_record("a", "t", 2, 0.0);
  failed.tuned.reset();
  failed.status = "failed";
  failed.error = CellError{"TuneError", "the loss is nan"};
  const Summary summary = summarise(std::vector{seed_record("a", "t", 1, 0.5), failed});
  EXPECT_DOUBLE_EQ(first_cell(summary).tuned->value, 0.5);
  const SeedSummary& seeds = summary.variants.seeds.at(0);
  EXPECT_EQ(seeds.runs.at(1).error->message, "the loss is nan");
  EXPECT_FALSE(seeds.spread) << "one score has no spread";
  EXPECT_EQ(seeds.worst, 0.5);
}

TEST(SeedsTest, SeedsAndRowsAreToldApartWithPredictions) {
  std::map<std::string, std::vector<double>> values = {{"a-t-1", {1, 1, 1, 0}},
                                                       {"a-t-2", {1, 1, 1, 0}}};
  SummaryOptions options;
  options.predictions = [&](const std::string& id, Stage) {
    return std::optional(rows(values[id]));
  };
  const std::vector records = {seed_record("a", "t", 1, 0.75), seed_record("a", "t", 2, 0.75)};
  const auto parts = summarise(records, options).variants.seeds.at(0).variance;
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->seed, 0.0) << "both seeds gave the same answers";
  EXPECT_GT(parts->rows, 0.0);
  EXPECT_EQ(parts->seeds, 2);
  // A score that is not the mean of its rows' is not taken apart.
  values["a-t-2"] = {1, 1, 1, 1};
  EXPECT_FALSE(summarise(records, options).variants.seeds.at(0).variance);
}

TEST(SeedsTest, TheNoiseOfSeedsIsPooledOverModels) {
  const Summary summary =
      summarise(std::vector{seed_record("a", "t", 1, 0.5), seed_record("a", "t", 2, 0.6),
                            seed_record("b", "t", 1, 0.7), seed_record("b", "t", 2, 0.8)});
  ASSERT_EQ(summary.variants.noise.size(), 1u);
  const TaskNoise& noise = summary.variants.noise[0];
  EXPECT_EQ(noise.seeds, 2);
  // t(0.975, 2) · s · √(2/2) with s² = (0.1²/2 + 0.1²/2) / 2
  EXPECT_NEAR(noise.floor, 4.302652729911275 * 0.1 / std::sqrt(2.0), 1e-9);
}

std::vector<CellRecord> banded() {
  return {rate_record("a", "t", 5e-5, 0.40, 0.60, false),
          rate_record("a", "t", 1e-4, 0.30, 0.70),
          rate_record("a", "t", 1e-5, 0.50, 0.90),
          rate_record("b", "t", 5e-5, 0.20, 0.65, false),
          rate_record("b", "t", 1e-4, 0.25, 0.80),
          rate_record("b", "t", 1e-5, 0.35, 0.10)};
}

TEST(BandTest, TheRateIsChosenByValidationAlone) {
  const Summary summary = summarise(banded());
  ASSERT_EQ(summary.variants.bands.size(), 2u);
  const BandSummary& a = summary.variants.bands[0];
  ASSERT_EQ(a.runs.size(), 3u);
  EXPECT_EQ(a.runs[0].learning_rate, 1e-5) << "by rising rate";
  EXPECT_EQ(a.own()->learning_rate, 5e-5);
  EXPECT_EQ(a.chosen()->learning_rate, 1e-4) << "though 1e-5 has the best test score";
  EXPECT_EQ(a.chosen()->tuned, 0.70);
  EXPECT_EQ(summary.variants.bands[1].chosen(), summary.variants.bands[1].own());
}

TEST(BandTest, ItsRecordsAreNoSeedsAndNoneOfTheRanking) {
  const Summary summary = summarise(banded());
  EXPECT_DOUBLE_EQ(first_cell(summary).tuned->value, 0.60);
  EXPECT_THAT(summary.variants.seeds, IsEmpty());
  EXPECT_THAT(summary.notes, IsEmpty());
}

TEST(BandTest, BothRankingsAreOverTheSameCells) {
  const auto& ranking = summarise(banded()).variants.band_ranking;
  ASSERT_EQ(ranking.size(), 2u);
  EXPECT_EQ(ranking[0].model, "a") << "0.70 by its chosen rate, before 0.65";
  EXPECT_EQ(ranking[0].chosen_position, 1);
  EXPECT_EQ(ranking[0].own_position, 2);
  EXPECT_EQ(ranking[1].own_position, 1);
  EXPECT_EQ(ranking[1].tasks, 1);
}

TEST(BandTest, CountsTheTasksThatTheRulesLeave) {
  std::vector<CellRecord> records = banded();
  records.push_back(rate_record("a", "alone", 5e-5, 0.40, 0.60, false));
  records.push_back(rate_record("a", "alone", 1e-4, 0.30, 0.70));
  SummaryOptions options;
  EXPECT_EQ(summarise(records, options).variants.band_ranking.at(0).tasks, 2);
  options.rules.missing = MissingRule::common_tasks;
  EXPECT_EQ(summarise(records, options).variants.band_ranking.at(0).tasks, 1);
}

TEST(BandTest, OfEqualLossesTheRecipesOwnRateIsChosen) {
  const Summary summary = summarise(std::vector{rate_record("a", "t", 1e-5, 0.4, 0.9),
                                                rate_record("a", "t", 5e-5, 0.4, 0.6, false)});
  EXPECT_TRUE(summary.variants.bands.at(0).chosen()->own);
}

TEST(BandTest, WhatFailedOrIsLeftIsNamed) {
  std::vector<CellRecord> records = {rate_record("a", "t", 5e-5, 0.4, 0.6, false),
                                     rate_record("a", "t", 1e-4, 0.3, 0.7)};
  records[1].status = "failed";
  records[1].error = CellError{"TuneError", "the loss is nan"};
  SummaryOptions options;
  options.planned = {planned("a", records[0].id, 1), planned("a", records[1].id, 1, 1e-4),
                     planned("a", "none", 1, 2e-4)};
  const Summary summary = summarise(records, options);
  const BandSummary& band = summary.variants.bands.at(0);
  EXPECT_EQ(band.chosen()->learning_rate, 5e-5);
  EXPECT_EQ(band.runs.at(2).learning_rate, 2e-4);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("2 of 3 learning rates failed or are left")));
  EXPECT_EQ(first_cell(summary).state, CellState::done);
}

TEST(CurvesTest, AreThoseOfTheRecordThatSpeaks) {
  CellRecord first = rate_record("a", "t", 5e-5, 0.4, 0.6, false);
  first.tune->learning_curve = {{1, 6, 2.0, 0.5, {}}, {2, 12, 1.0, 0.4, {}}};
  const Summary summary = summarise(std::vector{first});
  ASSERT_EQ(summary.variants.curves.size(), 1u);
  EXPECT_EQ(summary.variants.curves[0].epochs, first.tune->learning_curve);
}

}  // namespace
}  // namespace tuneval
