#include "framework/statistics/equivalence.h"

#include "framework/statistics/sample.h"
#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <vector>

namespace tuneval {
namespace {

using test::expect_near;
using test::Json;
using test::kNan;
using test::message_of;
using test::oracle;

PairedCounts counts_of(const Json& list) { return {list[0], list[1], list[2], list[3]}; }

TEST(Tango, AgreesWithTheLikelihoodMaximisedNumerically) {
  for (const Json& one : oracle("tango")) {
    const PairedCounts counts = counts_of(one["counts"]);
    expect_near(tango_interval(counts).value(), one["interval"], 1e-6, one.dump());
    const NonInferiority test = non_inferior_proportion(counts, {0.1, 0.025}).value();
    EXPECT_NEAR(test.p, one["p"].get<double>(), 1e-6) << one.dump();
  }
}

TEST(Tango, TurnsWithTheModelsAndIgnoresWhereBothAgree) {
  const Interval forth = tango_interval({30, 5, 11, 10}).value();
  const Interval back = tango_interval({30, 11, 5, 10}).value();
  EXPECT_NEAR(forth.low, -back.high, 1e-12);
  EXPECT_NEAR(forth.high, -back.low, 1e-12);
  EXPECT_EQ(tango_interval({0, 5, 11, 40}), tango_interval({40, 5, 11, 0}));
  EXPECT_TRUE(forth.contains(-6.0 / 56.0));
}

TEST(Tango, ModelsThatNeverDifferStillHaveAWidth) {
  const Interval same = tango_interval({140, 0, 0, 12}).value();
  const double z = normal_quantile(0.975);
  EXPECT_NEAR(same.high, z * z / (152.0 + z * z), 1e-12);
  EXPECT_NEAR(same.low, -same.high, 1e-12);
}

TEST(Tango, TheEndsStayWithinOne) {
  const Interval all = tango_interval({0, 10, 0, 0}).value();
  EXPECT_EQ(all.high, 1.0);
  EXPECT_GT(all.low, 0.0);
  EXPECT_EQ(tango_interval({0, 0, 10, 0}).value().low, -1.0);
  EXPECT_FALSE(tango_interval({}));
  EXPECT_EQ(message_of<Error>([] {
              tango_interval({1, -1, 0, 0});
            }),
            "rows of two models: found -1, expected 0 or more");
}

TEST(NonInferiority, TheIntervalAndTheTestAgree) {
  for (int64_t worse = 0; worse <= 40; ++worse) {
    const NonInferiority test =
        non_inferior_proportion({100, 10, worse, 50}, {0.06, 0.025}).value();
    EXPECT_EQ(test.holds, test.p < 0.025) << worse;
    EXPECT_EQ(test.holds, test.interval.low > -0.06) << worse;
  }
  EXPECT_TRUE(non_inferior_proportion({140, 5, 5, 50}, {0.1, 0.025}).value().holds);
  EXPECT_FALSE(non_inferior_proportion({140, 0, 30, 30}, {0.1, 0.025}).value().holds);
}

TEST(NonInferiority, AMarginOfZeroAsksForSuperiority) {
  const NonInferiority equal = non_inferior_proportion({50, 0, 0, 10}, {0.0, 0.025}).value();
  EXPECT_EQ(equal.p, 0.5);
  EXPECT_FALSE(equal.holds);
  EXPECT_TRUE(non_inferior_proportion({50, 20, 2, 10}, {0.0, 0.025}).value().holds);
}

TEST(NonInferiority, OfMeansFollowsTheBootstrap) {
  std::vector<double> student, teacher;
  for (int row = 0; row < 200; ++row) {
    teacher.push_back(row % 4 == 0 ? 0.5 : 1.0);
    student.push_back(row % 40 == 0 ? 0.4 : teacher.back());
  }
  const NonInferiority within = non_inferior_mean(student, teacher, {}, {0.01, 0.025}).value();
  EXPECT_NEAR(within.difference, -0.0025, 1e-12);
  EXPECT_TRUE(within.holds);
  EXPECT_LT(within.p, 0.025);
  const NonInferiority beyond = non_inferior_mean(student, teacher, {}, {0.001, 0.025}).value();
  EXPECT_FALSE(beyond.holds);
  EXPECT_EQ(beyond.interval, within.interval);
  EXPECT_GT(beyond.p, 0.5);
}

TEST(NonInferiority, OddInputHasAnAnswer) {
  EXPECT_FALSE(non_inferior_proportion({}));
  EXPECT_FALSE(non_inferior_mean({}, {}));
  EXPECT_FALSE(non_inferior_mean(std::vector{1.0}, std::vector{1.0}));
  for (const double margin : {-0.1, 1.0, kNan}) {
    EXPECT_THROW(non_inferior_proportion({1, 1, 1, 1}, {margin, 0.025}), Error) << margin;
  }
  EXPECT_THROW(non_inferior_proportion({1, 1, 1, 1}, {0.1, 0.5}), Error);
  EXPECT_THROW(non_inferior_mean(std::vector{1.0, kNan}, std::vector{1.0, 1.0}), Error);
  EXPECT_THROW(non_inferior_mean(std::vector{1.0, 0.0}, std::vector{1.0}), Error);
}

}  // namespace
}  // namespace tuneval
