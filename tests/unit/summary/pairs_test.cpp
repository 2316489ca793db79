#include "framework/summary/pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tuneval {
namespace {

using testing::ElementsAre;
using Values = std::vector<ExampleValue>;

MetricValue metric_of(double lowest, double highest, bool higher_is_better = true) {
  MetricValue metric;
  metric.name = "m";
  metric.lowest = lowest;
  metric.highest = highest;
  metric.higher_is_better = higher_is_better;
  return metric;
}

Values values(const std::vector<std::optional<double>>& numbers) {
  Values all;
  for (size_t i = 0; i < numbers.size(); ++i) {
    all.push_back({"test.jsonl:" + std::to_string(i + 1), numbers[i]});
  }
  return all;
}

TEST(Pairs, ValuesAreThoseOfOneMetric) {
  PredictionRow scored, unscored, without;
  scored.where = "/packs/x/test.jsonl:1";
  scored.scores = {{"other", SampleScore::of(0.0)}, {"m", SampleScore::of(0.75)}};
  unscored.where = "test.jsonl:2";
  unscored.scores = {{"m", SampleScore::unscored("no verdict")}};
  without.where = "test.jsonl:3";
  const std::vector<PredictionRow> rows = {scored, unscored, without};
  EXPECT_THAT(values_of(rows, "m"),
              ElementsAre(ExampleValue{"test.jsonl:1", 0.75}, ExampleValue{"test.jsonl:2", {}},
                          ExampleValue{"test.jsonl:3", {}}));
}

TEST(Pairs, RightIsHalfwayToTheBest) {
  EXPECT_TRUE(is_right(1.0, metric_of(0, 1)));
  EXPECT_FALSE(is_right(0.0, metric_of(0, 1)));
  EXPECT_TRUE(is_right(0.5, metric_of(0, 1)));
  EXPECT_FALSE(is_right(0.499, metric_of(0, 1)));
  EXPECT_FALSE(is_right(0.0, metric_of(-1, 3)));
  EXPECT_TRUE(is_right(1.0, metric_of(-1, 3)));
  EXPECT_TRUE(is_right(0.25, metric_of(0, 1, false)));
  EXPECT_FALSE(is_right(0.75, metric_of(0, 1, false)));
}

TEST(Pairs, WithoutAWorstValueOnlyTheBestIsRight) {
  const MetricValue perplexity = metric_of(1, std::numeric_limits<double>::infinity(), false);
  EXPECT_TRUE(is_right(1.0, perplexity));
  EXPECT_FALSE(is_right(1.5, perplexity));
}

TEST(Pairs, AgreementCountsEachExampleOnce) {
  const auto found = agreement(values({1.0, 1.0, 0.0, 0.0, {}, 1.0, 0.5}),
                               values({1.0, 0.0, 1.0, 0.0, 1.0, {}, 0.0}), metric_of(0, 1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->both, 1);
  EXPECT_THAT(found->first_only, ElementsAre("test.jsonl:2", "test.jsonl:7"));
  EXPECT_THAT(found->second_only, ElementsAre("test.jsonl:3"));
  EXPECT_EQ(found->neither, 1);
  EXPECT_EQ(found->left_out, 2);
}

TEST(Pairs, OtherExamplesAreNotCompared) {
  const MetricValue metric = metric_of(0, 1);
  EXPECT_EQ(agreement(values({1.0, 0.0}), values({1.0}), metric), std::nullopt);
  Values moved = values({1.0, 0.0});
  moved[1].where = "test.jsonl:9";
  EXPECT_EQ(agreement(values({1.0, 0.0}), moved, metric), std::nullopt);
  EXPECT_EQ(agreement(values({1.0, {}}), values({{}, 1.0}), metric), std::nullopt);
  EXPECT_EQ(agreement(Values{}, Values{}, metric), std::nullopt);
}

TEST(Pairs, TheGapIsThatBetweenBaseAndTeacher) {
  EXPECT_DOUBLE_EQ(gap_closed(0.9, 0.5, 0.7, true).value(), 0.5);
  EXPECT_DOUBLE_EQ(gap_closed(0.75, 0.5, 1.0, true).value(), 2.0);
  EXPECT_DOUBLE_EQ(gap_closed(0.75, 0.5, 0.25, true).value(), -1.0);
  EXPECT_DOUBLE_EQ(gap_closed(2.0, 6.0, 3.0, false).value(), 0.75);
}

TEST(Pairs, WithoutAGapNothingClosesIt) {
  EXPECT_EQ(gap_closed(0.5, 0.5, 0.75, true), std::nullopt);
  EXPECT_EQ(gap_closed(0.4, 0.5, 0.75, true), std::nullopt);
  EXPECT_EQ(gap_closed(6.0, 2.0, 1.0, false), std::nullopt);
  EXPECT_EQ(gap_closed(0.6 - 0.2, 0.9 - 0.5, 0.5, true), std::nullopt);  // alike but for a digit
}

}  // namespace
}  // namespace tuneval
