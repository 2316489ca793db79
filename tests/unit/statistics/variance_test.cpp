#include "framework/statistics/variance.h"

#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tuneval {
namespace {

using test::Json;
using test::kNan;
using test::message_of;
using test::oracle;
using test::rows_of;
using Table = std::vector<std::vector<double>>;

TEST(SeedSpread, HasMeanSpreadAndWorst) {
  const SeedSpread spread = seed_spread(std::vector{0.8, 0.9, 0.7}).value();
  EXPECT_DOUBLE_EQ(spread.mean, 0.8);
  EXPECT_EQ(spread.least, 0.7);
  EXPECT_EQ(spread.most, 0.9);
  EXPECT_NEAR(spread.deviation, 0.1, 1e-15);
  EXPECT_EQ(spread.seeds, 3);
  EXPECT_FALSE(seed_spread(std::vector{0.8}));
  EXPECT_EQ(seed_spread(std::vector{0.1, 0.1, 0.1}).value().deviation, 0.0);
  EXPECT_THROW(seed_spread(std::vector{0.8, kNan}), Error);
}

TEST(SameRows, AgreesWithItsOracle) {
  const Json cases = oracle("variance");
  for (const Json& one : cases["same_rows"]) {
    const VarianceParts parts = variance_same_rows(rows_of(one["scores"])).value();
    EXPECT_NEAR(parts.seed, one["seed"].get<double>(), 1e-10);
    EXPECT_NEAR(parts.rows, one["rows"].get<double>(), 1e-10);
    EXPECT_NEAR(parts.rest, one["rest"].get<double>(), 1e-10);
  }
}

TEST(SameRows, WhatRowsHaveInCommonIsNoNoise) {
  // Two seeds that differ by the same everywhere: all of it is the seed's, none of it chance.
  const Table scores = {{0.0, 1.0, 0.5, 0.25}, {0.25, 1.25, 0.75, 0.5}};
  const VarianceParts parts = variance_same_rows(scores).value();
  EXPECT_NEAR(parts.rest, 0.0, 1e-15);
  EXPECT_NEAR(parts.seed, 0.03125, 1e-15);
  // The one-way analysis takes the rows' own spread for noise and sees no seed at all.
  EXPECT_EQ(variance_own_rows(scores).value().seed, 0.0);
}

TEST(SameRows, TheOrderOfSeedsAndRowsDoesNotMatter) {
  const Table scores = {{0.1, 0.9, 0.4}, {0.3, 0.8, 0.6}, {0.2, 0.7, 0.9}};
  Table turned = scores;
  std::ranges::reverse(turned);
  for (std::vector<double>& rows : turned) std::ranges::rotate(rows, rows.begin() + 1);
  const VarianceParts before = variance_same_rows(scores).value();
  const VarianceParts after = variance_same_rows(turned).value();
  EXPECT_NEAR(after.seed, before.seed, 1e-15);
  EXPECT_NEAR(after.rows, before.rows, 1e-15);
  EXPECT_NEAR(after.rest, before.rest, 1e-15);
}

TEST(OwnRows, AgreesWithItsOracle) {
  const Json cases = oracle("variance");
  for (const Json& one : cases["own_rows"]) {
    const VarianceParts parts = variance_own_rows(rows_of(one["scores"])).value();
    EXPECT_NEAR(parts.seed, one["seed"].get<double>(), 1e-10);
    EXPECT_NEAR(parts.rest, one["rest"].get<double>(), 1e-10);
    EXPECT_NEAR(parts.mean_rows, one["mean_rows"].get<double>(), 1e-12);
  }
}

TEST(VarianceParts, OfAMeanShrinkBySeedsAndRows) {
  VarianceParts parts;
  parts.seed = 0.04, parts.rows = 0.2, parts.rest = 0.1;
  EXPECT_NEAR(parts.of_mean(1, 100), 0.043, 1e-15);
  EXPECT_NEAR(parts.of_mean(4, 100), 0.01225, 1e-15);
}

TEST(VarianceParts, OddInputHasAnAnswer) {
  EXPECT_FALSE(variance_same_rows({}));
  EXPECT_FALSE(variance_same_rows(Table{{0.1, 0.2}}));
  EXPECT_FALSE(variance_same_rows(Table{{0.1}, {0.2}}));
  EXPECT_FALSE(variance_same_rows(Table{{}, {}}));
  EXPECT_FALSE(variance_own_rows({}));
  EXPECT_FALSE(variance_own_rows(Table{{0.1, 0.2}, {}}));
  EXPECT_FALSE(variance_own_rows(Table{{0.1}, {0.2}}));
  const VarianceParts equal = variance_same_rows(Table{{1, 1, 1}, {1, 1, 1}}).value();
  EXPECT_EQ(equal.seed + equal.rows + equal.rest, 0.0);
  EXPECT_EQ(message_of<Error>([] {
              variance_same_rows(Table{{0.1, 0.2}, {0.1}});
            }),
            "rows of two seeds: found 1 and 2, expected as many");
  EXPECT_THROW(variance_own_rows(Table{{0.1, kNan}, {0.1}}), Error);
}

}  // namespace
}  // namespace tuneval
