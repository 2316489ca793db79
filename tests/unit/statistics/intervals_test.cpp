#include "framework/statistics/intervals.h"

#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tuneval {
namespace {

using test::expect_near;
using test::Json;
using test::kInfinity;
using test::kNan;
using test::message_of;
using test::numbers;
using test::oracle;

TEST(Proportion, AgreesWithItsOracle) {
  for (const Json& one : oracle("proportions")) {
    const int64_t k = one["k"], n = one["n"];
    const double level = one["level"];
    expect_near(wilson_interval(k, n, level).value(), one["wilson"], 1e-12, one.dump());
    expect_near(clopper_pearson_interval(k, n, level).value(), one["clopper_pearson"], 1e-10,
                one.dump());
    expect_near(jeffreys_interval(k, n, level).value(), one["jeffreys"], 1e-10, one.dump());
  }
}

TEST(Proportion, NoRowsGiveNoInterval) {
  EXPECT_FALSE(wilson_interval(0, 0));
  EXPECT_FALSE(clopper_pearson_interval(0, 0));
  EXPECT_FALSE(jeffreys_interval(0, 0));
}

TEST(Proportion, AllOrNoneRightStillHaveAWidth) {
  for (const auto& of : {wilson_interval, clopper_pearson_interval, jeffreys_interval}) {
    for (const int64_t n : {1, 10, 152, 100'000}) {
      const Interval none = of(0, n, 0.95).value(), all = of(n, n, 0.95).value();
      EXPECT_EQ(none.low, 0.0);
      EXPECT_EQ(all.high, 1.0);
      EXPECT_GT(none.high, 0.0);
      EXPECT_LT(all.low, 1.0);
    }
  }
}

TEST(Proportion, IsTheSameFromBothSides) {
  for (const auto& of : {wilson_interval, clopper_pearson_interval, jeffreys_interval}) {
    for (int64_t k = 0; k <= 30; ++k) {
      const Interval right = of(k, 30, 0.95).value(), wrong = of(30 - k, 30, 0.95).value();
      EXPECT_NEAR(right.low, 1.0 - wrong.high, 1e-12) << k;
      EXPECT_TRUE(right.contains(static_cast<double>(k) / 30.0)) << k;
      EXPECT_GE(right.low, 0.0);
      EXPECT_LE(right.high, 1.0);
    }
  }
}

TEST(Proportion, TheExactIntervalIsTheWidest) {
  for (int64_t k = 0; k <= 40; ++k) {
    const Interval exact = clopper_pearson_interval(k, 40).value();
    const Interval jeffreys = jeffreys_interval(k, 40).value();
    EXPECT_LE(exact.low, jeffreys.low) << k;
    EXPECT_GE(exact.high, jeffreys.high) << k;
  }
}

TEST(Proportion, CountsAndLevelsOutOfRangeAreRefused) {
  EXPECT_EQ(message_of<Error>([] { wilson_interval(5, 4); }),
            "rows that are right: found 5 of 4, expected 0 to all of them");
  EXPECT_EQ(message_of<Error>([] { jeffreys_interval(-1, 4); }),
            "rows that are right: found -1 of 4, expected 0 to all of them");
  for (const double level : {0.0, 1.0, -1.0, kNan}) {
    EXPECT_THROW(clopper_pearson_interval(1, 4, level), Error) << level;
  }
}

TEST(ClusteredProportion, AgreesWithItsOracle) {
  for (const Json& one : oracle("clustered")) {
    const auto groups = one["groups"].get<std::vector<std::string>>();
    expect_near(clustered_wilson_interval(numbers(one["scores"]), groups).value(), one["interval"],
                1e-12, one.dump());
  }
}

TEST(ClusteredProportion, RowsByThemselvesAreWilsons) {
  std::vector<double> scores(152, 1.0);
  std::fill_n(scores.begin(), 12, 0.0);
  // The design effect of single rows is n / (n − 1).
  const Interval single = clustered_wilson_interval(scores, {}).value();
  const Interval wilson = wilson_interval(140, 152).value();
  EXPECT_NEAR(single.low, wilson.low, 5e-4);
  EXPECT_NEAR(single.high, wilson.high, 5e-4);
}

TEST(ClusteredProportion, RowsThatAlwaysAgreeCountOnce) {
  std::vector<double> scores;
  std::vector<std::string> groups;
  for (int group = 0; group < 40; ++group) {
    for (int row = 0; row < 5; ++row) {
      scores.push_back(group < 30 ? 1.0 : 0.0);
      groups.push_back(fmt::format("g{}", group));
    }
  }
  const Interval rows = clustered_wilson_interval(scores, groups).value();
  const Interval wilson = wilson_interval(30, 40).value();
  EXPECT_NEAR(rows.low, wilson.low, 5e-3);
  EXPECT_NEAR(rows.high, wilson.high, 5e-3);
}

TEST(ClusteredProportion, AllRightCountsTheGroups) {
  const std::vector<double> scores(20, 1.0);
  std::vector<std::string> groups;
  for (int row = 0; row < 20; ++row) groups.push_back(fmt::format("g{}", row / 4));
  EXPECT_EQ(clustered_wilson_interval(scores, groups), wilson_interval(5, 5));
  const std::vector<std::string> one_group(20, "g");
  EXPECT_EQ(clustered_wilson_interval(scores, one_group), wilson_interval(1, 1));
  EXPECT_FALSE(clustered_wilson_interval({}, {}));
}

TEST(ClusteredProportion, OddInputIsRefused) {
  const std::vector<std::string> groups(2, "g");
  for (const double score : {kNan, kInfinity, -0.1, 1.1}) {
    EXPECT_THROW(clustered_wilson_interval(std::vector{score, 0.0}, groups), Error) << score;
  }
  EXPECT_THROW(clustered_wilson_interval(std::vector{0.0, 1.0, 1.0}, groups), Error);
}

TEST(Mean, AgreesWithItsOracle) {
  for (const Json& one : oracle("means")) {
    const std::vector<double> values = numbers(one["values"]);
    const double mean = one["mean"], student = one["student"], normal = one["normal"];
    const Interval by_student = student_mean_interval(values, one["level"]).value();
    const Interval by_normal = normal_mean_interval(values, one["level"]).value();
    EXPECT_NEAR(by_student.low, mean - student, 1e-10 * (1.0 + student));
    EXPECT_NEAR(by_student.high, mean + student, 1e-10 * (1.0 + student));
    EXPECT_NEAR(by_normal.low, mean - normal, 1e-12 * (1.0 + normal));
    EXPECT_NEAR(by_normal.high, mean + normal, 1e-12 * (1.0 + normal));
  }
}

TEST(Mean, OneValueHasNoIntervalAndEqualOnesHaveNoWidth) {
  EXPECT_FALSE(student_mean_interval({}));
  EXPECT_FALSE(student_mean_interval(std::vector{0.5}));
  EXPECT_FALSE(normal_mean_interval(std::vector{0.5}));
  const Interval equal = student_mean_interval(std::vector{0.1, 0.1, 0.1, 0.1}).value();
  EXPECT_EQ(equal.low, equal.high);
  EXPECT_DOUBLE_EQ(equal.low, 0.1);
}

TEST(Mean, TheOrderOfValuesDoesNotMatter) {
  std::vector<double> values = {0.3, -1.25, 8.5, 0.1, 2.0};
  const Interval before = student_mean_interval(values).value();
  do {
    const Interval after = student_mean_interval(values).value();
    EXPECT_NEAR(after.low, before.low, 1e-14);
    EXPECT_NEAR(after.high, before.high, 1e-14);
  } while (std::ranges::next_permutation(values).found);
}

TEST(Mean, WhatIsNotFiniteIsRefused) {
  EXPECT_EQ(message_of<Error>([] {
              student_mean_interval(std::vector{1.0, kInfinity});
            }),
            "values of a mean: found inf, expected finite numbers");
}

}  // namespace
}  // namespace tuneval
