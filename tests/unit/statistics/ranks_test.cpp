#include "framework/statistics/ranks.h"

#include "framework/statistics/mean_rank.h"
#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tuneval {
namespace {

using test::Json;
using test::kNan;
using test::message_of;
using test::numbers;
using test::oracle;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::ThrowsMessage;
using Scores = std::vector<std::optional<double>>;
using Placed = std::vector<std::optional<double>>;

constexpr std::optional<double> kAbsent = std::nullopt;

TEST(Ranks, EqualScoresShareTheLowerNumber) {
  EXPECT_THAT(ranks_min(std::vector{0.7, 0.9, 0.8, 0.8}), ElementsAre(4, 1, 2, 2));
  EXPECT_THAT(ranks_min(std::vector{0.7, 0.9, 0.8, 0.8}, false), ElementsAre(1, 4, 2, 2));
  EXPECT_THAT(ranks_min({}), IsEmpty());
}

TEST(Ranks, OnlyExactlyEqualScoresTie) {
  const double next = std::nextafter(0.5, 1.0);
  EXPECT_THAT(ranks_min(std::vector{0.5, next}), ElementsAre(2, 1));
}

TEST(Ranks, WhatIsNotFiniteCannotBeRanked) {
  EXPECT_EQ(message_of<Error>([] {
              ranks_min(std::vector{0.5, kNan});
            }),
            "scores to be ranked: found nan, expected finite numbers");
}

TEST(Ranks, TiesMayShareTheAverageToo) {
  EXPECT_THAT(ranks_of(std::vector{0.7, 0.9, 0.8, 0.8}, TieRule::average),
              ElementsAre(4.0, 1.0, 2.5, 2.5));
  EXPECT_THAT(ranks_of(std::vector{1.0, 1.0, 1.0}, TieRule::average), ElementsAre(2.0, 2.0, 2.0));
  EXPECT_THAT(ranks_of(std::vector{1.0, 1.0, 1.0}, TieRule::min), ElementsAre(1.0, 1.0, 1.0));
}

TEST(Ranks, AgreeWithTheirOracle) {
  const Json cases = oracle("ranks");
  ASSERT_GT(cases.size(), 50u);
  for (const Json& one : cases) {
    const std::vector<double> scores = numbers(one["scores"]);
    EXPECT_EQ(ranks_min(scores, one["higher_is_better"]), one["ranks"].get<std::vector<int64_t>>());
    EXPECT_EQ(ranks_of(scores, TieRule::average, one["higher_is_better"]), numbers(one["average"]));
  }
}

TEST(MeanRank, AgreesWithItsOracle) {
  const Json cases = oracle("intervals");
  ASSERT_GT(cases.size(), 30u);
  for (const Json& one : cases) {
    const auto ranks = one["ranks"].get<std::vector<int64_t>>();
    for (const char* name : {"published", "student_t"}) {
      const MeanInterval interval = mean_interval(ranks, interval_method(name)).value();
      EXPECT_DOUBLE_EQ(interval.mean, one["mean"]);
      EXPECT_NEAR(interval.half_width.value(), one[name], 1e-12) << one.dump();
      EXPECT_EQ(interval.n, static_cast<int64_t>(ranks.size()));
    }
  }
}

TEST(MeanRank, OneRankHasNoneAndNoRankHasNoMean) {
  const MeanInterval one =
      mean_interval(std::vector<int64_t>{4}, IntervalMethod::published).value();
  EXPECT_EQ(one, (MeanInterval{4.0, std::nullopt, 1}));
  EXPECT_FALSE(mean_interval(std::vector<int64_t>{}, IntervalMethod::student_t).has_value());
}

TEST(MeanRank, MethodsHaveNames) {
  for (const std::string& name : interval_methods()) {
    EXPECT_EQ(to_string(interval_method(name)), name);
  }
  EXPECT_THAT(
      [] { interval_method("normal"); },
      ThrowsMessage<ManifestError>("the interval method \"normal\" is unknown: expected "
                                   "\"published\" or \"student_t\" or \"bootstrap_tasks\" or "
                                   "\"bootstrap_examples\" or \"bootstrap_both\""));
}

TEST(MeanRank, HalvesCountAsTheyAre) {
  const MeanInterval half =
      mean_interval(std::vector{1.5, 2.5, 3.5}, IntervalMethod::published).value();
  EXPECT_EQ(half.mean, 2.5);
  EXPECT_DOUBLE_EQ(half.half_width.value(), 1.96 / std::sqrt(3.0));
}

TEST(RankTable, AsPublishedRanksAmongThoseThatHaveTheTask) {
  const std::vector<TaskScores> tasks = {{Scores{0.9, 0.8, 0.8}, true},
                                         {Scores{0.5, kAbsent, 0.1}, false}};
  const RankTable table = rank_table(tasks);
  EXPECT_THAT(table.tasks, ElementsAre(0, 1));
  EXPECT_THAT(table.ranks, ElementsAre(Placed{1, 2, 2}, Placed{2, kAbsent, 1}));
  EXPECT_EQ(mean_ranks(table), (Placed{1.5, 2, 1.5}));
}

TEST(RankTable, CommonTasksLeaveOutWhatAModelLacks) {
  const std::vector<TaskScores> tasks = {{Scores{0.9, kAbsent, 0.8, kAbsent}, true},
                                         {Scores{0.5, 0.5, 0.1, kAbsent}, true}};
  const RankTable table = rank_table(tasks, {TieRule::average, MissingRule::common_tasks});
  EXPECT_THAT(table.tasks, ElementsAre(1)) << "a model without any score leaves out none";
  EXPECT_THAT(table.ranks, ElementsAre(Placed{1.5, 1.5, 3, kAbsent}));
}

TEST(RankTable, TheWorstRankIsTheNumberOfModels) {
  const std::vector<TaskScores> tasks = {{Scores{0.9, kAbsent, kAbsent, kAbsent}, true},
                                         {Scores{0.1, 0.2, 0.3, kAbsent}, true}};
  const RankTable table = rank_table(tasks, {TieRule::min, MissingRule::worst_rank});
  EXPECT_THAT(table.ranks, ElementsAre(Placed{1, 3, 3, kAbsent}, Placed{3, 2, 1, kAbsent}));
}

TEST(RankTable, TheOrderOfModelsAndTasksDoesNotMatter) {
  const std::vector<TaskScores> tasks = {{Scores{0.9, 0.8, 0.8}, true},
                                         {Scores{0.5, kAbsent, 0.1}, true}};
  const std::vector<TaskScores> turned = {{Scores{0.1, kAbsent, 0.5}, true},
                                          {Scores{0.8, 0.8, 0.9}, true}};
  for (const std::string& name : missing_rules()) {
    const RankRules rules{TieRule::average, missing_rule(name)};
    auto means = mean_ranks(rank_table(turned, rules));
    std::ranges::reverse(means);
    EXPECT_EQ(means, mean_ranks(rank_table(tasks, rules))) << name;
  }
}

TEST(RankTable, NothingGivesNothingAndUnevenTasksAreRefused) {
  EXPECT_THAT(rank_table({}).tasks, IsEmpty());
  EXPECT_THAT(mean_ranks(rank_table({})), IsEmpty());
  const std::vector<TaskScores> tasks = {{Scores{1.0}, true}, {Scores{1.0, 2.0}, true}};
  EXPECT_EQ(message_of<Error>([&] { rank_table(tasks); }),
            "models of two tasks: found 2 and 1, expected as many");
}

TEST(RankTable, RulesHaveNames) {
  for (const std::string& name : tie_rules()) EXPECT_EQ(to_string(tie_rule(name)), name);
  for (const std::string& name : missing_rules()) EXPECT_EQ(to_string(missing_rule(name)), name);
  EXPECT_EQ(message_of<ManifestError>([] { tie_rule("max"); }),
            "the tie rule \"max\" is unknown: expected \"min\" or \"average\"");
}

TEST(RoundDifference, EqualDeltasTie) {
  EXPECT_NE(0.9 - 0.5, 0.6 - 0.2);
  EXPECT_EQ(round_difference(0.9 - 0.5), round_difference(0.6 - 0.2));
  EXPECT_NE(round_difference(1.0 / 9'999), round_difference(1.0 / 10'000));
}

}  // namespace
}  // namespace tuneval
