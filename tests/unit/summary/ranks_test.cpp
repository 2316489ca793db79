#include "framework/summary/ranks.h"

#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::ThrowsMessage;

Json oracle() {
  std::ifstream file(TUNEVAL_SOURCE_DIR "/tests/unit/summary/oracle/statistics.json");
  return Json::parse(file);
}

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
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(
      [&] {
        ranks_min(std::vector{0.5, nan});
      },
      ThrowsMessage<Error>("a score of nan cannot be ranked"));
}

TEST(Ranks, AgreeWithTheirOracle) {
  const Json cases = oracle()["ranks"];
  ASSERT_GT(cases.size(), 50u);
  for (const Json& one : cases) {
    EXPECT_EQ(ranks_min(one["scores"].get<std::vector<double>>(), one["higher_is_better"]),
              one["ranks"].get<std::vector<int64_t>>());
  }
}

TEST(Interval, AgreesWithItsOracle) {
  const Json cases = oracle()["intervals"];
  ASSERT_GT(cases.size(), 30u);
  for (const Json& one : cases) {
    const auto ranks = one["ranks"].get<std::vector<int64_t>>();
    for (const std::string& name : interval_methods()) {
      const MeanInterval interval = mean_interval(ranks, interval_method(name)).value();
      EXPECT_DOUBLE_EQ(interval.mean, one["mean"]);
      EXPECT_NEAR(interval.half_width.value(), one[name], 1e-12) << one.dump();
      EXPECT_EQ(interval.n, static_cast<int64_t>(ranks.size()));
    }
  }
}

TEST(Interval, OneRankHasNoneAndNoRankHasNoMean) {
  const MeanInterval one =
      mean_interval(std::vector<int64_t>{4}, IntervalMethod::published).value();
  EXPECT_EQ(one, (MeanInterval{4.0, std::nullopt, 1}));
  EXPECT_FALSE(mean_interval({}, IntervalMethod::student_t).has_value());
}

TEST(Interval, MethodsHaveNames) {
  for (const std::string& name : interval_methods()) {
    EXPECT_EQ(to_string(interval_method(name)), name);
  }
  EXPECT_THAT([] { interval_method("normal"); },
              ThrowsMessage<ManifestError>("the interval method \"normal\" is unknown: expected "
                                           "\"published\" or \"student_t\""));
}

TEST(Summary, AWholeGridAgreesWithItsOracle) {
  const Json grid = oracle()["grid"];
  std::vector<CellRecord> records;
  for (size_t model = 0; model < grid["scores"].size(); ++model) {
    for (size_t task = 0; task < grid["scores"][model].size(); ++task) {
      const Json& score = grid["scores"][model][task];
      if (score.is_null()) continue;
      records.push_back(record_of(fmt::format("m{}", model), fmt::format("t{}", task),
                                  score.get<double>(), std::nullopt));
    }
  }
  const Summary summary = summarise(records, {IntervalMethod::student_t, {}});
  ASSERT_EQ(summary.models.size(), grid["mean_ranks"].size());
  for (size_t model = 0; model < summary.models.size(); ++model) {
    const Json& expected = grid["mean_ranks"][model];
    const MeanInterval& rank = summary.models[model].base.value();
    EXPECT_DOUBLE_EQ(rank.mean, expected["mean"]);
    EXPECT_NEAR(rank.half_width.value(), expected["student_t"], 1e-12);
    EXPECT_EQ(rank.n, static_cast<int64_t>(expected["ranks"].size()));
    EXPECT_FALSE(summary.models[model].tuned.has_value());
  }
}

}  // namespace
}  // namespace tuneval
