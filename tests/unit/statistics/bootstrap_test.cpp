#include "framework/statistics/bootstrap.h"

#include "framework/statistics/draws.h"
#include "framework/statistics/sample.h"
#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace tuneval {
namespace {

using test::expect_near;
using test::Json;
using test::kNan;
using test::message_of;
using test::numbers;
using test::oracle;
using testing::ElementsAre;

std::vector<size_t> as_list(std::span<const size_t> rows) { return {rows.begin(), rows.end()}; }

TEST(Draws, AreTheStandardsOnEverySystem) {
  // The standard states the 10,000th number of the generator's default seed.
  Draws draws(5489);
  for (int i = 1; i < 10'000; ++i) draws.bits();
  EXPECT_EQ(draws.bits(), 9981545732273789042u);
}

TEST(Draws, AreFairAndWithinTheirRange) {
  Draws draws(1);
  std::vector<int> counts(6, 0);
  for (int i = 0; i < 60'000; ++i) ++counts.at(draws.below(6));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 4 * 92);  // 4 σ
  EXPECT_EQ(draws.below(1), 0u);
  for (int i = 0; i < 1000; ++i) {
    const double unit = draws.unit();
    EXPECT_TRUE(unit >= 0.0 && unit < 1.0);
  }
}

TEST(Resampler, KeepsGroupsWhole) {
  const std::vector<std::string> groups = {"a", "", "b", "a", ""};
  const Resampler rows(5, groups);
  ASSERT_EQ(rows.units(), 4u);
  EXPECT_THAT(as_list(rows.unit(0)), ElementsAre(0, 3));
  EXPECT_THAT(as_list(rows.unit(1)), ElementsAre(1));
  EXPECT_THAT(as_list(rows.unit(2)), ElementsAre(2));
  EXPECT_THAT(as_list(rows.unit(3)), ElementsAre(4));
  std::vector<size_t> kept;
  rows.leave_out(0, 1, kept);
  EXPECT_THAT(kept, ElementsAre(1, 2, 4));
  Draws draws(3);
  for (int i = 0; i < 100; ++i) {
    rows.draw(draws, kept);
    EXPECT_EQ(std::ranges::count(kept, 0u), std::ranges::count(kept, 3u));
  }
}

TEST(Resampler, NamesHaveToBeOneARow) {
  EXPECT_EQ(message_of<Error>([] { Resampler(3, std::vector<std::string>{"a"}); }),
            "rows and names of groups: found 3 and 1, expected as many");
  EXPECT_EQ(Resampler(0).units(), 0u);
}

TEST(Bootstrap, IntervalsFromReplicatesAgreeWithTheirOracle) {
  for (const Json& one : oracle("bootstrap")) {
    const std::vector<double> replicates = numbers(one["replicates"]);
    expect_near(percentile_interval(replicates, one["level"]), one["percentile"], 1e-12,
                "percentile");
    expect_near(bca_interval(replicates, one["estimate"], numbers(one["left_out"]), one["level"]),
                one["bca"], 1e-9, "bca");
  }
}

TEST(Bootstrap, OfAProportionIsTheBinomial) {
  for (const Json& one : oracle("resampling")) {
    const size_t k = one["k"], n = one["n"];
    std::vector<double> scores(n, 0.0);
    std::fill_n(scores.begin(), k, 1.0);
    const Interval interval = bootstrap_mean_interval(scores).value();
    const auto count = static_cast<double>(n);
    // The probabilities jump at whole counts: a quantile may fall one beside.
    EXPECT_NEAR(interval.low * count, one["quantiles"][0].get<double>(), 1.0) << one.dump();
    EXPECT_NEAR(interval.high * count, one["quantiles"][1].get<double>(), 1.0) << one.dump();
  }
}

TEST(Bootstrap, TheSeedDecides) {
  const std::vector<double> values = {0.1, 0.9, 0.4, 0.6, 0.35, 0.2};
  BootstrapOptions options;
  options.resamples = 500;
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    options.method = method;
    options.seed = 1;
    const auto first = bootstrap_mean_interval(values, {}, options);
    EXPECT_EQ(bootstrap_mean_interval(values, {}, options), first);
    options.seed = 2;
    EXPECT_NE(bootstrap_mean_interval(values, {}, options), first);
  }
}

TEST(Bootstrap, ShiftsAndScalesWithTheValues) {
  const std::vector<double> values = {0.125, 0.875, 0.5, 0.625, 0.375, 0.25};
  std::vector<double> moved;
  for (const double value : values) moved.push_back(4.0 * value - 8.0);
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    BootstrapOptions options;
    options.method = method;
    options.resamples = 2000;
    const Interval before = bootstrap_mean_interval(values, {}, options).value();
    const Interval after = bootstrap_mean_interval(moved, {}, options).value();
    EXPECT_NEAR(after.low, 4.0 * before.low - 8.0, 1e-9);
    EXPECT_NEAR(after.high, 4.0 * before.high - 8.0, 1e-9);
  }
}

TEST(Bootstrap, AStatisticNeedNotBeAMean) {
  const std::vector<double> values = {3.0, 1.0, 2.0, 9.0, 5.0};
  const RowStatistic largest = [&](std::span<const size_t> rows) {
    double most = values[rows[0]];
    for (const size_t row : rows) most = std::max(most, values[row]);
    return most;
  };
  const Interval interval = bootstrap_interval(Resampler(5), largest).value();
  EXPECT_EQ(interval.high, 9.0);
  EXPECT_LT(interval.low, 9.0);
}

TEST(Bootstrap, GroupsWidenWhatTheyShare) {
  std::vector<double> values;
  std::vector<std::string> groups;
  for (int row = 0; row < 100; ++row) {
    values.push_back(row % 20 < 10 ? 1.0 : 0.0);
    groups.push_back(fmt::format("g{}", row / 10));
  }
  const Interval rows = bootstrap_mean_interval(values).value();
  const Interval whole = bootstrap_mean_interval(values, groups).value();
  EXPECT_GT(whole.high - whole.low, 2.0 * (rows.high - rows.low));
}

TEST(Bootstrap, ManyUnitsAreLeftOutInBlocks) {
  std::vector<double> values;
  for (int row = 0; row < 2500; ++row) values.push_back(row % 10 == 0 ? 0.0 : 1.0);
  BootstrapOptions options;
  options.method = BootstrapMethod::bca;
  options.resamples = 4000;
  const Interval interval = bootstrap_mean_interval(values, {}, options).value();
  EXPECT_NEAR(interval.low, 0.9 - 1.96 * 0.006, 2e-3);
  EXPECT_NEAR(interval.high, 0.9 + 1.96 * 0.006, 2e-3);
}

TEST(Bootstrap, OddInputHasAnAnswer) {
  EXPECT_FALSE(bootstrap_mean_interval({}));
  EXPECT_FALSE(bootstrap_mean_interval(std::vector{0.5}));
  EXPECT_FALSE(bootstrap_mean_interval(std::vector{0.5, 0.7}, std::vector<std::string>(2, "g")))
      << "one group";
  BootstrapOptions options;
  options.resamples = 50;
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    options.method = method;
    EXPECT_EQ(bootstrap_mean_interval(std::vector{1.0, 1.0, 1.0}, {}, options),
              (Interval{1.0, 1.0}));
  }
  EXPECT_THROW(bootstrap_mean_interval(std::vector{0.5, kNan}), Error);
  options.resamples = 0;
  EXPECT_EQ(message_of<Error>([&] {
              bootstrap_mean_interval(std::vector{0.5, 0.6}, {}, options);
            }),
            "resamples: found 0, expected at least 1");
  const RowStatistic nothing = [](std::span<const size_t>) { return kNan; };
  EXPECT_EQ(message_of<Error>([&] { bootstrap_interval(Resampler(2), nothing); }),
            "a statistic of drawn rows: found nan, expected a finite number");
}

TEST(Bootstrap, AnEstimateBeyondAllReplicatesFallsBackToPercentiles) {
  const std::vector<double> replicates = {0.1, 0.2, 0.3};
  EXPECT_EQ(bca_interval(replicates, 0.9, std::vector{0.1, 0.2}, 0.9),
            percentile_interval(replicates, 0.9));
}

}  // namespace
}  // namespace tuneval
