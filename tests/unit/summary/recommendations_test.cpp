#include "framework/summary/recommendations.h"

#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Three models on two tasks: a is the best after tuning, b the smallest, c the fastest.
Summary summary() {
  std::vector<CellRecord> records;
  for (const std::string task : {"t1", "t2"}) {
    const auto add = [&](const std::string& model, int64_t parameters, double base, double tuned,
                         double seconds) {
      CellRecord record = record_of(model, task, base, tuned);
      record.model.parameters = parameters;
      record.tuned->seconds = seconds;
      records.push_back(record);
    };
    add("a", 2'000'000'000, 0.2, 0.9, 4.0);
    add("b", 135'000'000, 0.5, 0.8, 2.0);
    add("c", 600'000'000, 0.1, 0.85, 1.0);
  }
  return summarise(records);
}

/// Tested were all three models; those in no group are the last ones.
RankingGroups tested(const std::string& ranking, std::vector<std::vector<std::string>> groups) {
  RankingGroups found{ranking, "a test", {}, groups};
  groups.push_back({"a", "b", "c"});
  for (const auto& group : groups) {
    for (const std::string& model : group) {
      if (std::ranges::find(found.models, model) == found.models.end()) {
        found.models.push_back(model);
      }
    }
  }
  return found;
}

const Recommendation& of(const std::vector<Recommendation>& all, Wish wish) {
  return *std::ranges::find(all, wish, &Recommendation::wish);
}

std::vector<Recommendation> recommended(const std::vector<RankingGroups>& groups,
                                        const std::vector<int64_t>& sizes = {}) {
  const Summary made = summary();
  return recommend(made, made.costs, groups, sizes);
}

TEST(RecommendationsTest, WhatATestTellsIsRecommended) {
  const auto all = recommended({tested("tuned", {{"a"}, {"c"}, {"b"}})});
  const Recommendation& best = of(all, Wish::most_accurate);
  EXPECT_TRUE(best.can_tell());
  EXPECT_THAT(best.models, ElementsAre("a"));
  EXPECT_THAT(best.evidence, HasSubstr("a (mean rank 1.00"));
  EXPECT_THAT(best.evidence, HasSubstr("n = 2 tasks"));
  EXPECT_THAT(best.evidence, HasSubstr("a test tells it from all others"));
}

TEST(RecommendationsTest, WhatItDoesNotTellIsNamed) {
  const auto all = recommended({tested("tuned", {{"a", "c"}, {"c", "b"}})});
  const Recommendation& best = of(all, Wish::most_accurate);
  EXPECT_FALSE(best.can_tell());
  EXPECT_THAT(best.models, ElementsAre("a", "c"));
  EXPECT_THAT(best.evidence, HasSubstr("Cannot tell between a and c"));
}

TEST(RecommendationsTest, WithoutATestNothingIsCalledBetter) {
  const auto all = recommended({});
  EXPECT_THAT(of(all, Wish::most_accurate).models, ElementsAre("a", "c", "b"));
  EXPECT_THAT(of(all, Wish::most_accurate).evidence, HasSubstr("Cannot tell: a"));
  EXPECT_THAT(of(all, Wish::fastest).models, IsEmpty());
  EXPECT_THAT(of(all, Wish::smallest_in_noise).models, IsEmpty());
}

TEST(RecommendationsTest, TheFastestAndTheSmallestAreAmongTheBest) {
  const auto all = recommended({tested("tuned", {{"a", "c"}, {"c", "b"}})});
  EXPECT_THAT(of(all, Wish::fastest).models, ElementsAre("c"));
  EXPECT_THAT(of(all, Wish::fastest).evidence, HasSubstr("c answers 100.0 test examples a second"));
  EXPECT_THAT(of(all, Wish::smallest_in_noise).models, ElementsAre("c"))
      << "b is smaller, and told from the best";
  EXPECT_THAT(of(all, Wish::smallest_in_noise).evidence, HasSubstr("c has 600.0M parameters"));
}

TEST(RecommendationsTest, EachLimitHasItsOwnBest) {
  const auto all = recommended({tested("tuned", {{"a"}, {"c"}, {"b"}})},
                               {1'000'000, 200'000'000, 1'000'000'000});
  std::vector<Recommendation> under;
  for (const Recommendation& one : all) {
    if (one.wish == Wish::under_parameters) under.push_back(one);
  }
  ASSERT_EQ(under.size(), 3u);
  EXPECT_THAT(under[0].models, IsEmpty());
  EXPECT_THAT(under[0].evidence, HasSubstr("No model of at most 1.0M parameters"));
  EXPECT_THAT(under[1].models, ElementsAre("b"));
  EXPECT_THAT(under[1].evidence, HasSubstr("is the only one"));
  EXPECT_THAT(under[2].models, ElementsAre("c"));
  EXPECT_EQ(under[2].parameters, 1'000'000'000);
}

TEST(RecommendationsTest, GainsAndBaseScoresHaveTheirOwnRankings) {
  const auto all =
      recommended({tested("base", {{"b"}, {"a"}, {"c"}}), tested("delta", {{"c"}, {"a"}})});
  EXPECT_THAT(of(all, Wish::best_untuned).models, ElementsAre("b"));
  EXPECT_THAT(of(all, Wish::most_gained).models, ElementsAre("c"));
}

TEST(RecommendationsTest, AModelThatWasNotTestedIsToldFromNone) {
  RankingGroups groups = tested("tuned", {{"a"}, {"b"}});
  groups.models = {"a", "b"};
  EXPECT_THAT(of(recommended({groups}), Wish::most_accurate).models, ElementsAre("a", "c"));
}

TEST(RecommendationsTest, AModelThatTheTestFindsBetterIsNotPassedOver) {
  // a has the best mean rank, c the best mean score, and the test tells them apart.
  RankingGroups groups = tested("tuned", {{"c"}, {"a", "b"}});
  groups.models = {"c", "a", "b"};
  const auto all = recommended({groups});
  const Recommendation& best = of(all, Wish::most_accurate);
  EXPECT_FALSE(best.can_tell());
  EXPECT_THAT(best.models, ElementsAre("a", "c", "b"));
  EXPECT_THAT(best.evidence, HasSubstr("comes first by mean rank, but a test finds c better."));
  EXPECT_THAT(of(all, Wish::fastest).evidence, HasSubstr("a test finds c better."));
}

TEST(RecommendationsTest, OnOneTaskTheScoreIsTheEvidence) {
  const Summary one = summarise(std::vector{record_of("a", "t", 0.5, 0.9)});
  const auto all = recommend(one, one.costs, {}, {});
  EXPECT_THAT(of(all, Wish::most_accurate).evidence,
              HasSubstr("a (accuracy 0.900, on 100 examples) is the only one."));
  EXPECT_THAT(of(all, Wish::most_gained).evidence, HasSubstr("delta of accuracy 0.400"));
}

TEST(RecommendationsTest, NothingIsRecommendedOfNothing) {
  EXPECT_THAT(summarise({}).recommendations, IsEmpty());
}

}  // namespace
}  // namespace tuneval
