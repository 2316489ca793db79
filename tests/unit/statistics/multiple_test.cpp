#include "framework/statistics/multiple.h"

#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tuneval {
namespace {

using test::Json;
using test::kNan;
using test::message_of;
using test::numbers;
using test::oracle;
using testing::DoubleNear;
using testing::IsEmpty;
using testing::Pointwise;

TEST(Multiple, AgreesWithItsOracle) {
  for (const Json& one : oracle("multiple")) {
    const std::vector<double> p = numbers(one["p"]);
    EXPECT_THAT(bonferroni(p), Pointwise(DoubleNear(1e-14), numbers(one["bonferroni"])));
    EXPECT_THAT(holm(p), Pointwise(DoubleNear(1e-14), numbers(one["holm"])));
    EXPECT_THAT(benjamini_hochberg(p),
                Pointwise(DoubleNear(1e-14), numbers(one["benjamini_hochberg"])));
  }
}

TEST(Multiple, EachMethodIsMilderThanTheOneBefore) {
  const std::vector<double> p = {0.001, 0.2, 0.03, 0.03, 0.9, 0.0};
  const std::vector<double> first = bonferroni(p), second = holm(p), third = benjamini_hochberg(p);
  for (size_t i = 0; i < p.size(); ++i) {
    EXPECT_GE(first[i], second[i]);
    EXPECT_GE(second[i], third[i]);
    EXPECT_GE(third[i], p[i]);
    EXPECT_LE(first[i], 1.0);
  }
}

TEST(Multiple, TheOrderOfTestsDoesNotMatter) {
  std::vector<double> p = {0.001, 0.2, 0.03, 0.04, 0.9};
  for (const auto& adjust : {bonferroni, holm, benjamini_hochberg}) {
    std::vector<double> turned = p;
    std::ranges::reverse(turned);
    std::vector<double> adjusted = adjust(turned);
    std::ranges::reverse(adjusted);
    EXPECT_EQ(adjusted, adjust(p));
  }
}

TEST(Multiple, NoTestsGiveNothingAndWhatIsNoProbabilityIsRefused) {
  for (const auto& adjust : {bonferroni, holm, benjamini_hochberg}) {
    EXPECT_THAT(adjust({}), IsEmpty());
    EXPECT_EQ(message_of<Error>([&] {
                adjust(std::vector{0.5, kNan});
              }),
              "p-values: found nan, expected numbers from 0 to 1");
    EXPECT_THROW(adjust(std::vector{1.5}), Error);
  }
}

}  // namespace
}  // namespace tuneval
