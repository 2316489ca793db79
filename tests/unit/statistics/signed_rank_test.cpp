#include "framework/statistics/signed_rank.h"

#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tuneval {
namespace {

using test::Json;
using test::kNan;
using test::numbers;
using test::oracle;

ZeroRule zero_rule(const Json& name) {
  return name == "pratt" ? ZeroRule::pratt : ZeroRule::wilcox;
}

TEST(SignedRank, AgreesWithItsOracle) {
  for (const Json& one : oracle("signed_rank")) {
    const std::vector<double> differences = numbers(one["differences"]);
    const ZeroRule zeros = zero_rule(one["zeros"]);
    const auto exact = signed_rank_test(differences, zeros, SignedRankMethod::exact);
    const auto normal = signed_rank_test(differences, zeros, SignedRankMethod::normal);
    EXPECT_NEAR(exact.p, one["exact"].get<double>(), 1e-12) << one.dump();
    EXPECT_NEAR(normal.p, one["normal"].get<double>(), 1e-10) << one.dump();
    EXPECT_EQ(std::min(exact.rank_sum_above, exact.rank_sum_below), one["smaller"].get<double>());
  }
}

TEST(SignedRank, IsExactUpToTwentyFive) {
  for (const Json& one : oracle("large_signed_rank")) {
    const SignedRankTest test = signed_rank_test(numbers(one["differences"]));
    EXPECT_EQ(test.exact, one["exact"].get<bool>());
    EXPECT_NEAR(test.p, one["p"].get<double>(), 1e-10) << test.n;
  }
}

TEST(SignedRank, OneSidedSamplesReachTheLeastP) {
  std::vector<double> differences;
  for (int n = 1; n <= 12; ++n) {
    differences.push_back(n);
    const SignedRankTest test = signed_rank_test(differences);
    EXPECT_DOUBLE_EQ(test.p, std::ldexp(1.0, 1 - n)) << n;
    EXPECT_EQ(test.rank_sum_below, 0.0);
  }
}

TEST(SignedRank, OrderAndDirectionDoNotMatter) {
  std::vector<double> differences = {0.5, -0.25, 0.5, 1.0, 0.0};
  for (const ZeroRule zeros : {ZeroRule::wilcox, ZeroRule::pratt}) {
    std::ranges::sort(differences);
    const double p = signed_rank_test(differences, zeros).p;
    do {
      EXPECT_EQ(signed_rank_test(differences, zeros).p, p);
    } while (std::ranges::next_permutation(differences).found);
    std::vector<double> turned;
    for (const double value : differences) turned.push_back(-value);
    EXPECT_EQ(signed_rank_test(turned, zeros).p, p);
  }
}

TEST(SignedRank, OddInputHasAnAnswer) {
  for (const auto method :
       {SignedRankMethod::automatic, SignedRankMethod::exact, SignedRankMethod::normal}) {
    for (const ZeroRule zeros : {ZeroRule::wilcox, ZeroRule::pratt}) {
      EXPECT_EQ(signed_rank_test({}, zeros, method).p, 1.0);
      EXPECT_EQ(signed_rank_test(std::vector{0.0, 0.0, 0.0}, zeros, method).p, 1.0);
    }
  }
  const SignedRankTest equal = signed_rank_test(std::vector{2.0, 2.0, 2.0, -2.0});
  EXPECT_EQ(equal.p, 0.625) << "ranks 2.5 each: P(at most one of four below) · 2";
  EXPECT_THROW(signed_rank_test(std::vector{kNan}), Error);
}

}  // namespace
}  // namespace tuneval
