/// The quick part of what coverage_table.cpp measures: each interval holds its truth as often as it
/// says. Seeds are fixed; bounds are four standard errors of the simulation where the true coverage
/// is known, else as wide as what is claimed in docs/statistics.md.

#include "tests/unit/statistics/coverage.h"

#include "framework/statistics/equivalence.h"
#include "framework/statistics/intervals.h"
#include "framework/statistics/mean_rank.h"
#include "tests/unit/statistics/oracle.h"

#include <gtest/gtest.h>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>

namespace tuneval {
namespace {

using test::draw_groups;
using test::draw_normals;
using test::draw_pairs;
using test::exact_coverage;
using test::Json;
using test::oracle;
using test::simulated_coverage;

constexpr int64_t kTrials = 1000;

double four_errors(double coverage) {
  return 4.0 * std::sqrt(coverage * (1.0 - coverage) / static_cast<double>(kTrials));
}

std::optional<Interval> wilson(int64_t k, int64_t n) { return wilson_interval(k, n); }
std::optional<Interval> exact(int64_t k, int64_t n) { return clopper_pearson_interval(k, n); }
std::optional<Interval> jeffreys(int64_t k, int64_t n) { return jeffreys_interval(k, n); }

TEST(Coverage, OfProportionsAgreesWithItsOracle) {
  for (const Json& one : oracle("coverage")) {
    const int64_t n = one["n"];
    const double share = one["share"];
    EXPECT_NEAR(exact_coverage(n, share, wilson), one["wilson"].get<double>(), 1e-9) << one.dump();
    EXPECT_NEAR(exact_coverage(n, share, exact), one["clopper_pearson"].get<double>(), 1e-9);
    EXPECT_NEAR(exact_coverage(n, share, jeffreys), one["jeffreys"].get<double>(), 1e-9);
  }
}

TEST(Coverage, TheExactIntervalNeverFallsShort) {
  for (const int64_t n : {1, 7, 20, 50}) {
    for (int step = 1; step < 100; ++step) {
      EXPECT_GE(exact_coverage(n, step / 100.0 + 1e-7, exact), 0.95 - 1e-9) << n << " " << step;
    }
  }
}

TEST(Coverage, WilsonsIsTheLevelOnAverage) {
  for (const int64_t n : {20, 50, 152}) {
    double sum = 0.0;
    for (int step = 0; step < 200; ++step) sum += exact_coverage(n, (step + 0.5) / 200.0, wilson);
    EXPECT_NEAR(sum / 200.0, 0.95, 0.01) << n;
  }
}

TEST(Coverage, OfMeansIsStudents) {
  for (const size_t n : {3u, 9u, 30u}) {
    const boost::math::students_t student(static_cast<double>(n - 1));
    const double normal = 1.0 - 2.0 * cdf(student, -1.959963984540054);
    const auto of = [&](const auto& interval) {
      return simulated_coverage(
          kTrials, n, 0.0, [&](Draws& draws) { return interval(draw_normals(draws, n), 0.95); });
    };
    EXPECT_NEAR(of(student_mean_interval), 0.95, four_errors(0.95)) << n;
    EXPECT_NEAR(of(normal_mean_interval), normal, four_errors(normal)) << n;
  }
}

TEST(Coverage, ThePublishedIntervalOverNineTasksFallsShort) {
  const boost::math::students_t student(8.0);
  const double expected = 1.0 - 2.0 * cdf(student, -1.96);
  EXPECT_NEAR(expected, 0.914, 0.001);
  const double covered = simulated_coverage(kTrials, 5, 0.0, [](Draws& draws) {
    const MeanInterval mean =
        mean_interval(draw_normals(draws, 9), IntervalMethod::published).value();
    return std::optional(Interval{mean.mean - *mean.half_width, mean.mean + *mean.half_width});
  });
  EXPECT_NEAR(covered, expected, four_errors(expected));
}

TEST(Coverage, OfTheBootstrapNeedsSomeValues) {
  BootstrapOptions options;
  options.resamples = 500;
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    options.method = method;
    const auto of = [&](size_t n) {
      return simulated_coverage(kTrials, n, 0.0, [&](Draws& draws) {
        options.seed = draws.bits();
        return bootstrap_mean_interval(draw_normals(draws, n), {}, options);
      });
    };
    const double nine = of(9), hundred = of(100);
    EXPECT_GT(nine, 0.84);
    EXPECT_LT(nine, 0.935) << "too narrow over nine tasks";
    EXPECT_NEAR(hundred, 0.943, 0.03);
  }
}

TEST(Coverage, OfGroupedRowsNeedsTheGroups) {
  BootstrapOptions options;
  options.resamples = 300;
  const auto of = [&](const auto& interval) {
    return simulated_coverage(kTrials, 11, 0.75, [&](Draws& draws) {
      options.seed = draws.bits();
      return interval(draw_groups(draws, 40, 5, 0.5));
    });
  };
  const double ignored =
      of([](const auto& drawn) { return clustered_wilson_interval(drawn.scores, {}); });
  const double grouped =
      of([](const auto& drawn) { return clustered_wilson_interval(drawn.scores, drawn.groups); });
  const double bootstrap = of([&](const auto& drawn) {
    return bootstrap_mean_interval(drawn.scores, drawn.groups, options);
  });
  EXPECT_LT(ignored, 0.86);
  EXPECT_GT(grouped, 0.92);
  EXPECT_LT(grouped, 0.98);
  EXPECT_GT(bootstrap, 0.90);
  EXPECT_LT(bootstrap, 0.97);
}

TEST(Coverage, OfPairedDifferences) {
  BootstrapOptions options;
  options.resamples = 300;
  const auto of = [&](const auto& interval) {
    return simulated_coverage(kTrials, 17, 0.05, [&](Draws& draws) {
      options.seed = draws.bits();
      return interval(draw_pairs(draws, 152, 0.10, 0.05));
    });
  };
  const double tango =
      of([](const auto& scores) { return tango_interval(count_pairs(scores[0], scores[1])); });
  const double bootstrap = of([&](const auto& scores) -> std::optional<Interval> {
    return paired_bootstrap(scores[0], scores[1], {}, options).value().interval;
  });
  EXPECT_NEAR(tango, 0.95, 0.025);
  EXPECT_NEAR(bootstrap, 0.94, 0.03);
}

}  // namespace
}  // namespace tuneval
