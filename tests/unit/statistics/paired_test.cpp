#include "framework/statistics/paired.h"

#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>
#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tuneval {
namespace {

using test::Json;
using test::kNan;
using test::message_of;
using test::numbers;
using test::oracle;

TEST(CountPairs, CountsWhoIsRight) {
  const std::vector<double> first = {1, 1, 0, 0, 0.5}, second = {1, 0, 1, 0, 1};
  EXPECT_EQ(count_pairs(first, second), (PairedCounts{1, 1, 2, 1}));
  EXPECT_EQ(count_pairs(first, second, 0.5), (PairedCounts{2, 1, 1, 1}));
  EXPECT_EQ(count_pairs({}, {}).rows(), 0);
  EXPECT_THROW(count_pairs(first, std::vector{1.0}), Error);
}

TEST(McNemar, AgreesWithItsOracle) {
  for (const Json& one : oracle("mcnemar")) {
    const int64_t b = one["only_first"], c = one["only_second"];
    EXPECT_NEAR(mcnemar_exact(b, c), one["exact"].get<double>(), 1e-12) << one.dump();
    EXPECT_NEAR(mcnemar_mid_p(b, c), one["mid_p"].get<double>(), 1e-12) << one.dump();
  }
}

TEST(McNemar, TheOrderOfTheTwoDoesNotMatter) {
  for (int64_t b = 0; b <= 20; ++b) {
    for (int64_t c = 0; c <= 20; ++c) {
      EXPECT_EQ(mcnemar_exact(b, c), mcnemar_exact(c, b));
      EXPECT_EQ(mcnemar_mid_p(b, c), mcnemar_mid_p(c, b));
      EXPECT_LE(mcnemar_mid_p(b, c), mcnemar_exact(b, c)) << b << " " << c;
    }
  }
}

TEST(McNemar, FindsADifferenceByChanceNoOftenerThanItSays) {
  for (int64_t rows = 0; rows <= 60; ++rows) {
    const boost::math::binomial_distribution<double> coins(static_cast<double>(rows), 0.5);
    double found = 0.0;
    for (int64_t b = 0; b <= rows; ++b) {
      if (mcnemar_exact(b, rows - b) <= 0.05) found += pdf(coins, static_cast<double>(b));
    }
    EXPECT_LE(found, 0.05) << rows;
  }
}

TEST(McNemar, NoDiscordantRowDecidesNothingAndCountsBelowZeroAreRefused) {
  EXPECT_EQ(mcnemar_exact(0, 0), 1.0);
  EXPECT_EQ(mcnemar_mid_p(0, 0), 1.0);
  EXPECT_EQ(message_of<Error>([] { mcnemar_exact(-1, 3); }),
            "rows only one of two is right on: found -1 and 3, expected counts");
}

TEST(SignTest, AgreesWithItsOracle) {
  for (const Json& one : oracle("sign")) {
    EXPECT_NEAR(sign_test(numbers(one["differences"])), one["p"].get<double>(), 1e-12);
  }
  EXPECT_EQ(sign_test({}), 1.0);
  EXPECT_EQ(sign_test(std::vector{0.0, 0.0}), 1.0);
  EXPECT_THROW(sign_test(std::vector{kNan}), Error);
}

TEST(SignFlips, AgreeWithTheirOracle) {
  for (const Json& one : oracle("permutation")) {
    const auto groups = one["groups"].get<std::vector<std::string>>();
    const std::vector<double> differences = numbers(one["differences"]);
    const PermutationTest exact = sign_flip_test(differences, groups);
    EXPECT_TRUE(exact.exact);
    EXPECT_NEAR(exact.p, one["p"].get<double>(), 1e-9) << one.dump();
    const PermutationTest drawn = sign_flip_test(differences, groups, {0, 40'000, 7});
    EXPECT_FALSE(drawn.exact);
    EXPECT_NEAR(drawn.p, exact.p, 4.0 * std::sqrt(0.25 / 40'000)) << one.dump();
  }
}

TEST(SignFlips, OfRightAndWrongAreTheExactMcNemar) {
  for (int64_t b = 0; b <= 8; ++b) {
    for (int64_t c = 0; c <= 8; ++c) {
      std::vector<double> differences(static_cast<size_t>(b), 1.0);
      differences.resize(static_cast<size_t>(b + c), -1.0);
      differences.resize(static_cast<size_t>(b + c) + 5, 0.0);
      const PermutationTest test = sign_flip_test(differences);
      EXPECT_NEAR(test.p, mcnemar_exact(b, c), 1e-12) << b << " " << c;
      EXPECT_EQ(test.units, b + c);
    }
  }
}

TEST(SignFlips, SumsThatOnlyRoundingTellsApartCountAsEqual) {
  // Every pattern of these is at least 0.1 from 0, as far as what is seen; computed in doubles some
  // are nearer by the last digit.
  EXPECT_EQ(sign_flip_test(std::vector{0.1, 0.2, -0.3, 0.1}).p, 1.0);
  EXPECT_EQ(sign_flip_test(std::vector{0.3, 0.2, 0.1}).p, 0.25);
}

TEST(SignFlips, TheOrderOfRowsDoesNotMatter) {
  std::vector<double> differences = {0.31, -0.07, 0.0, 0.52, 0.11};
  const double p = sign_flip_test(differences).p;
  do {
    EXPECT_EQ(sign_flip_test(differences).p, p);
  } while (std::ranges::next_permutation(differences).found);
}

TEST(SignFlips, ManyRowsAreDrawnAndNeverGiveZero) {
  const std::vector<double> differences(200, 1.0);
  const PermutationTest test = sign_flip_test(differences, {}, {20, 999, 1});
  EXPECT_FALSE(test.exact);
  EXPECT_DOUBLE_EQ(test.p, 0.001);
  EXPECT_EQ(sign_flip_test({}).p, 1.0);
  EXPECT_EQ(sign_flip_test(std::vector{0.0, 0.0}).p, 1.0);
  EXPECT_THROW(sign_flip_test(std::vector{kNan}), Error);
  EXPECT_THROW(sign_flip_test(differences, {}, {20, 0, 1}), Error);
}

TEST(SignFlips, AGroupFlipsAsOne) {
  const std::vector<double> differences = {1, 1, 1, 1, -1, -1};
  const std::vector<std::string> groups = {"a", "a", "a", "a", "b", "b"};
  const PermutationTest test = sign_flip_test(differences, groups);
  EXPECT_EQ(test.units, 2);
  EXPECT_EQ(test.p, 1.0) << "sums 4 and -2: all patterns are as far from 0 as 2";
}

TEST(PairedBootstrap, OfOneModelWithItselfIsZero) {
  const std::vector<double> scores = {1, 0, 1, 1, 0};
  const PairedDifference same = paired_bootstrap(scores, scores).value();
  EXPECT_EQ(same.difference, 0.0);
  EXPECT_EQ(same.interval, (Interval{0.0, 0.0}));
  EXPECT_EQ(same.p, 1.0);
}

TEST(PairedBootstrap, WhatIsHardForBothCancels) {
  std::vector<double> first, second;
  for (int row = 0; row < 200; ++row) {
    first.push_back(row % 2 == 0 ? 1.0 : 0.0);
    second.push_back(row % 2 == 0 && row % 20 != 0 ? 1.0 : 0.0);
  }
  BootstrapOptions options;
  options.resamples = 4000;
  const PairedDifference paired = paired_bootstrap(first, second, {}, options).value();
  EXPECT_NEAR(paired.difference, 0.05, 1e-15);
  EXPECT_GT(paired.interval.low, 0.0) << "though each score is known to ± 0.07";
  EXPECT_LT(paired.p, 0.01);
  const PairedDifference turned = paired_bootstrap(second, first, {}, options).value();
  EXPECT_EQ(turned.difference, -paired.difference);
  EXPECT_NEAR(turned.interval.low, -paired.interval.high, 1e-12);
  EXPECT_EQ(turned.p, paired.p);
}

TEST(PairedBootstrap, AnyStatisticOfRows) {
  const Resampler rows(50);
  const RowStatistic high = [](std::span<const size_t>) { return 0.75; };
  const RowStatistic low = [](std::span<const size_t>) { return 0.25; };
  const PairedDifference difference = paired_bootstrap(rows, high, low).value();
  EXPECT_EQ(difference.interval, (Interval{0.5, 0.5}));
  EXPECT_NEAR(difference.p, 2.0 / 10'001, 1e-12);
}

TEST(PairedBootstrap, OddInputHasAnAnswer) {
  EXPECT_FALSE(paired_bootstrap(std::vector<double>{}, std::vector<double>{}));
  EXPECT_FALSE(paired_bootstrap(std::vector{1.0}, std::vector{0.0}));
  EXPECT_EQ(message_of<Error>([] {
              paired_bootstrap(std::vector{1.0, 0.0}, std::vector{0.0});
            }),
            "scores of two models: found 2 and 1, expected as many");
  EXPECT_THROW(paired_bootstrap(std::vector{kNan, 0.0}, std::vector{0.0, 0.0}), Error);
}

}  // namespace
}  // namespace tuneval
