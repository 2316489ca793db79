#include "framework/statistics/detectable.h"

#include "framework/statistics/search.h"
#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tuneval {
namespace {

using test::Json;
using test::kNan;
using test::message_of;
using test::oracle;
using test::rows_of;

TEST(Search, FindsWhereItBegins) {
  EXPECT_DOUBLE_EQ(least_that(0.0, 10.0, [](double x) { return x * x >= 2.0; }), std::sqrt(2.0));
  EXPECT_EQ(least_that(0.0, 1.0, [](double) { return false; }), 1.0);
  for (const int64_t wanted : {1, 2, 3, 152, 4096, 999'999}) {
    EXPECT_EQ(least_count_that(1'000'000, [&](int64_t n) { return n >= wanted; }), wanted);
  }
  EXPECT_FALSE(least_count_that(1000, [](int64_t n) { return n > 1000; }));
  EXPECT_EQ(least_count_that(1000, [](int64_t n) { return n >= 1000; }), 1000);
}

TEST(Unpaired, PowerAndRowsAgreeWithTheirOracle) {
  for (const Json& one : oracle("power_unpaired")) {
    const double first = one["first"], second = one["second"];
    EXPECT_NEAR(power_unpaired(first, second, 152), one["power"].get<double>(), 1e-10);
    EXPECT_EQ(rows_needed_unpaired(first, second), one["rows"].get<int64_t>()) << one.dump();
    EXPECT_EQ(rows_needed_unpaired(second, first), one["rows"].get<int64_t>()) << one.dump();
  }
}

TEST(Unpaired, DetectableDifferencesAgreeWithTheirOracle) {
  for (const Json& one : oracle("detectable_unpaired")) {
    const Detectable found = detectable_unpaired(one["share"], one["rows"]);
    ASSERT_EQ(found.above.has_value(), !one["above"].is_null()) << one.dump();
    ASSERT_EQ(found.below.has_value(), !one["below"].is_null()) << one.dump();
    if (found.above) {
      EXPECT_NEAR(*found.above, one["above"].get<double>(), 1e-8);
    }
    if (found.below) {
      EXPECT_NEAR(*found.below, one["below"].get<double>(), 1e-8);
    }
  }
}

TEST(Unpaired, WhatIsDetectableNeedsAsManyRows) {
  for (const int64_t rows : {50, 152, 300, 1000}) {
    const double difference = detectable_unpaired(0.7, rows).below.value();
    EXPECT_LE(rows_needed_unpaired(0.7, 0.7 - difference).value(), rows);
    EXPECT_GT(rows_needed_unpaired(0.7, 0.7 - 0.99 * difference).value(), rows);
  }
}

TEST(Unpaired, OddInputHasAnAnswer) {
  EXPECT_FALSE(detectable_unpaired(1.0, 152).above);
  EXPECT_FALSE(detectable_unpaired(0.0, 152).below);
  EXPECT_FALSE(detectable_unpaired(0.5, 0).above);
  EXPECT_FALSE(detectable_unpaired(0.5, 1).above) << "one row shows nothing";
  EXPECT_FALSE(rows_needed_unpaired(0.5, 0.5));
  EXPECT_FALSE(rows_needed_unpaired(0.5, 0.5 + 1e-9));
  EXPECT_EQ(power_unpaired(0.0, 1.0, 152), 1.0);
  EXPECT_EQ(power_unpaired(1.0, 1.0, 152), 0.0);
  EXPECT_EQ(message_of<Error>([] { power_unpaired(1.5, 0.5, 10); }),
            "a proportion: found 1.5, expected 0 to 1");
  EXPECT_THROW(power_unpaired(kNan, 0.5, 10), Error);
  EXPECT_THROW(power_unpaired(0.4, 0.5, -1), Error);
  EXPECT_THROW(detectable_unpaired(0.5, 152, {1.0, 0.05}), Error);
}

TEST(Paired, AgreesWithItsOracle) {
  for (const Json& one : oracle("power_paired")) {
    const double discordant = one["discordant"], difference = one["difference"];
    EXPECT_NEAR(power_paired(discordant, difference, 152), one["power"].get<double>(), 1e-10);
    EXPECT_NEAR(power_paired(discordant, -difference, 152), one["power"].get<double>(), 1e-10);
    EXPECT_EQ(rows_needed_paired(discordant, difference), one["rows"].get<int64_t>());
    EXPECT_NEAR(detectable_paired(discordant, 400).value(), one["detectable_in_400"].get<double>(),
                1e-8);
  }
}

TEST(Paired, ModelsThatRarelyDifferNeedFewerRows) {
  EXPECT_LT(detectable_paired(0.05, 400).value(), detectable_paired(0.3, 400).value());
  EXPECT_LT(detectable_paired(0.1, 152).value(), detectable_unpaired(0.85, 152).below.value());
}

TEST(Paired, OddInputHasAnAnswer) {
  EXPECT_FALSE(detectable_paired(0.0, 152)) << "models that never differ";
  EXPECT_FALSE(detectable_paired(0.01, 152)) << "two rows that differ show nothing";
  EXPECT_FALSE(detectable_paired(0.3, 0));
  EXPECT_FALSE(rows_needed_paired(0.3, 0.0));
  EXPECT_EQ(power_paired(1.0, 1.0, 10), 1.0);
  EXPECT_EQ(message_of<Error>([] { power_paired(0.1, 0.2, 10); }),
            "a difference of two models on the rows: found 0.2, expected 0 to 0.1");
  EXPECT_THROW(detectable_paired(1.5, 10), Error);
  EXPECT_THROW(detectable_paired(0.5, -10), Error);
}

TEST(NoiseFloor, AgreesWithItsOracle) {
  for (const Json& one : oracle("noise_floor")) {
    EXPECT_NEAR(noise_floor(rows_of(one["scores"]), one["seeds"]).value(),
                one["floor"].get<double>(), 1e-12);
  }
}

TEST(NoiseFloor, OddInputHasAnAnswer) {
  const std::vector<std::vector<double>> single = {{0.5}, {0.7}}, equal = {{0.5, 0.5}};
  EXPECT_FALSE(noise_floor({}));
  EXPECT_FALSE(noise_floor(single)) << "no cell was repeated";
  EXPECT_EQ(noise_floor(equal), 0.0);
  EXPECT_EQ(message_of<Error>([&] { noise_floor(equal, 0); }),
            "seeds: found 0, expected at least 1");
  EXPECT_THROW(noise_floor(std::vector<std::vector<double>>{{0.5, kNan}}), Error);
}

}  // namespace
}  // namespace tuneval
