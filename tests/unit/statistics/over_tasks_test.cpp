#include "framework/statistics/over_tasks.h"

#include "framework/statistics/studentised_range.h"
#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace tuneval {
namespace {

using test::Json;
using test::kInfinity;
using test::kNan;
using test::message_of;
using test::oracle;
using test::rows_of;
using testing::ElementsAre;
using testing::IsEmpty;
using Table = std::vector<std::vector<double>>;

TEST(Friedman, AgreesWithItsOracle) {
  for (const Json& one : oracle("friedman")) {
    const FriedmanTest test = friedman_test(rows_of(one["table"])).value();
    EXPECT_NEAR(test.chi_square, one["chi_square"].get<double>(), 1e-9);
    EXPECT_NEAR(test.p, one["p"].get<double>(), 1e-10);
    EXPECT_NEAR(test.f, one["f"].get<double>(), 1e-9);
    EXPECT_NEAR(test.f_p, one["f_p"].get<double>(), 1e-10);
  }
}

TEST(Friedman, OnlyTheOrderWithinATaskMatters) {
  const Table table = {{1, 2, 2, 5}, {3, 1, 4, 9}, {2, 7, 7, 8}};
  const FriedmanTest test = friedman_test(table).value();
  // The same order in other units, tasks and models in another order.
  const Table turned = {{80, 70, 70, 20}, {50, 20, 20, 10}, {0.9, 0.4, 0.1, 0.3}};
  const FriedmanTest again = friedman_test(turned).value();
  EXPECT_NEAR(again.chi_square, test.chi_square, 1e-12);
  EXPECT_NEAR(again.f_p, test.f_p, 1e-12);
  EXPECT_DOUBLE_EQ(again.mean_ranks[0], test.mean_ranks[3]);
  EXPECT_DOUBLE_EQ(test.mean_ranks[0], 4.0 / 3.0);
}

TEST(Friedman, OddTablesHaveAnAnswer) {
  EXPECT_FALSE(friedman_test(Table{}));
  EXPECT_FALSE(friedman_test(Table{{1}, {2}}));
  const FriedmanTest ties = friedman_test(Table{{1, 1, 1}, {2, 2, 2}}).value();
  EXPECT_EQ(ties.chi_square, 0.0);
  EXPECT_EQ(ties.p, 1.0);
  EXPECT_EQ(ties.f_p, 1.0);
  const FriedmanTest agreed = friedman_test(Table{{1, 2, 3}, {1, 2, 3}, {1, 2, 3}}).value();
  EXPECT_DOUBLE_EQ(agreed.chi_square, 6.0);
  EXPECT_EQ(agreed.f, kInfinity);
  EXPECT_EQ(agreed.f_p, 0.0);
  EXPECT_EQ(friedman_test(Table{{1, 2, 3}}).value().f_p, 1.0) << "one task";
  EXPECT_EQ(message_of<Error>([] {
              friedman_test(Table{{1, 2}, {1}});
            }),
            "models of two tasks: found 1 and 2, expected as many");
  EXPECT_THROW(friedman_test(Table{{1, kNan}}), Error);
}

TEST(StudentisedRange, AgreesWithItsOracle) {
  for (const Json& one : oracle("range")) {
    const double quantile = normal_range_quantile(one["share"], one["count"]);
    EXPECT_NEAR(quantile, one["quantile"].get<double>(), 1e-10) << one.dump();
    EXPECT_NEAR(normal_range_cdf(quantile, one["count"]), one["share"].get<double>(), 1e-12);
  }
}

TEST(StudentisedRange, OfTwoIsTheNormalDifference) {
  for (const double width : {0.1, 1.0, 2.77, 5.0}) {
    EXPECT_NEAR(normal_range_cdf(width, 2), std::erf(width / 2.0), 1e-13);
  }
  EXPECT_EQ(normal_range_cdf(0.0, 5), 0.0);
  EXPECT_EQ(normal_range_cdf(-1.0, 5), 0.0);
  EXPECT_NEAR(normal_range_cdf(40.0, 5), 1.0, 1e-13);
  EXPECT_THROW(normal_range_cdf(1.0, 1), Error);
  EXPECT_THROW(normal_range_quantile(1.0, 3), Error);
}

TEST(Nemenyi, FifteenModelsOnNineTasks) {
  EXPECT_NEAR(nemenyi_critical_difference(15, 9), 7.15, 0.005);
  EXPECT_LT(nemenyi_critical_difference(15, 9, 0.10), nemenyi_critical_difference(15, 9));
  EXPECT_LT(nemenyi_critical_difference(15, 90), nemenyi_critical_difference(15, 9));
  EXPECT_EQ(message_of<Error>([] { nemenyi_critical_difference(15, 0); }),
            "tasks: found 0, expected at least 1");
  EXPECT_THROW(nemenyi_critical_difference(1, 9), Error);
}

TEST(WilcoxonHolm, AgreesWithItsOracle) {
  const Json one = oracle("wilcoxon_holm");
  const std::vector<PairTest> pairs = wilcoxon_holm(rows_of(one["table"]));
  ASSERT_EQ(pairs.size(), one["pairs"].size());
  for (size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(pairs[i].first, one["pairs"][i][0].get<size_t>());
    EXPECT_EQ(pairs[i].second, one["pairs"][i][1].get<size_t>());
    EXPECT_NEAR(pairs[i].p, one["p"][i].get<double>(), 1e-12);
    EXPECT_NEAR(pairs[i].adjusted, one["adjusted"][i].get<double>(), 1e-12);
  }
}

TEST(WilcoxonHolm, NineTasksCannotTellFifteenModelsApart) {
  Table scores;  // as far apart as may be: the same order on every task
  for (int task = 0; task < 9; ++task) {
    std::vector<double>& row = scores.emplace_back();
    for (int model = 0; model < 15; ++model) row.push_back(model * (1.0 + 0.01 * task));
  }
  const std::vector<PairTest> pairs = wilcoxon_holm(scores);
  ASSERT_EQ(pairs.size(), 105u);
  for (const PairTest& pair : pairs) {
    EXPECT_DOUBLE_EQ(pair.p, 1.0 / 256.0);
    EXPECT_NEAR(pair.adjusted, 105.0 / 256.0, 1e-12);
  }
}

TEST(WilcoxonHolm, DifferencesThatOnlyRoundingTellsApartTie) {
  const Table scores = {{0.9, 0.5}, {0.6, 0.2}, {0.2, 0.6}};
  // |d| = 0.4 three times: ranks 2, 2, 2 and sums 4 and 2.
  EXPECT_DOUBLE_EQ(wilcoxon_holm(scores).at(0).p, 1.0);
  EXPECT_THAT(wilcoxon_holm(Table{}), IsEmpty());
  EXPECT_THAT(wilcoxon_holm(Table{{1.0}}), IsEmpty());
}

TEST(Groups, AreTheLongestRunsWithoutTwoApart) {
  const std::vector<double> ranks = {3.0, 1.0, 2.0, 6.0};
  const auto groups = [&](double difference) {
    return indistinguishable(ranks, apart_by_difference(ranks, difference));
  };
  EXPECT_THAT(groups(1.5), ElementsAre(ElementsAre(1, 2), ElementsAre(2, 0), ElementsAre(3)));
  EXPECT_THAT(groups(2.0), ElementsAre(ElementsAre(1, 2, 0), ElementsAre(3)));
  EXPECT_THAT(groups(100.0), ElementsAre(ElementsAre(1, 2, 0, 3)));
  EXPECT_THAT(groups(0.5),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(0), ElementsAre(3)));
}

TEST(Groups, MayFollowPairTests) {
  const std::vector<double> ranks = {1.0, 2.0, 3.0};
  std::vector<PairTest> pairs = {{0, 1, 0.01, 0.03}, {0, 2, 0.2, 0.4}, {1, 2, 0.2, 0.4}};
  EXPECT_THAT(indistinguishable(ranks, apart_by_pairs(pairs)),
              ElementsAre(ElementsAre(0, 2), ElementsAre(1, 2)));
  pairs[0].adjusted = 0.05;
  EXPECT_THAT(indistinguishable(ranks, apart_by_pairs(pairs)), ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(Groups, HoldTwoModelsExactlyWhereTheyAreNotApart) {
  std::mt19937 draw(7);
  for (int table = 0; table < 200; ++table) {
    const size_t models = 1 + draw() % 9;
    std::vector<double> ranks;
    std::vector<std::vector<bool>> told(models, std::vector<bool>(models, false));
    for (size_t i = 0; i < models; ++i) {
      ranks.push_back(double(draw() % 100));
      for (size_t j = 0; j < i; ++j) told[i][j] = told[j][i] = draw() % 3 == 0;
    }
    const auto groups =
        indistinguishable(ranks, [&](size_t i, size_t j) { return bool(told[i][j]); });
    for (size_t i = 0; i < models; ++i) {
      for (size_t j = 0; j < models; ++j) {
        const bool together = std::ranges::any_of(groups, [&](const auto& group) {
          return std::ranges::count(group, i) == 1 && std::ranges::count(group, j) == 1;
        });
        EXPECT_EQ(together, i == j || !told[i][j]) << i << " and " << j << " of table " << table;
      }
    }
  }
}

TEST(Groups, OddInputHasAnAnswer) {
  const Apart never = [](size_t, size_t) { return false; };
  EXPECT_THAT(indistinguishable({}, never), IsEmpty());
  EXPECT_THAT(indistinguishable(std::vector{2.0}, never), ElementsAre(ElementsAre(0)));
  EXPECT_THAT(indistinguishable(std::vector{2.0, 2.0}, never), ElementsAre(ElementsAre(0, 1)));
  EXPECT_THROW(indistinguishable(std::vector{kNan}, never), Error);
}

}  // namespace
}  // namespace tuneval
