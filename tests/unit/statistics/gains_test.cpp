/// Tunability, the gain by form, and the Pareto front.

#include "framework/statistics/format_gain.h"
#include "framework/statistics/pareto.h"
#include "framework/statistics/tunability.h"
#include "tests/support/folder.h"
#include "tests/unit/statistics/oracle.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tuneval {
namespace {

using test::kInfinity;
using test::kNan;
using test::message_of;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Tunability, IsAShareOfWhatThereWasToGain) {
  const Tunability gained = tunability(0.6, 0.8, true, 1.0, 0.9);
  EXPECT_NEAR(gained.delta, 0.2, 1e-15);
  EXPECT_NEAR(gained.share_of_headroom.value(), 0.5, 1e-15);
  EXPECT_NEAR(gained.share_of_gap.value(), 2.0 / 3.0, 1e-15);
  const Tunability lost = tunability(0.6, 0.5, true, 1.0, 0.55);
  EXPECT_NEAR(lost.share_of_headroom.value(), -0.25, 1e-15);
  EXPECT_FALSE(lost.share_of_gap) << "the teacher is no better than the base model";
}

TEST(Tunability, OfAMetricThatIsBetterWhenLower) {
  const Tunability gained = tunability(0.5, 0.2, false, 0.0, 0.1);
  EXPECT_NEAR(gained.delta, 0.3, 1e-15);
  EXPECT_NEAR(gained.share_of_headroom.value(), 0.6, 1e-15);
  EXPECT_NEAR(gained.share_of_gap.value(), 0.75, 1e-15);
}

TEST(Tunability, OddInputHasAnAnswer) {
  const Tunability full = tunability(1.0, 0.9, true, 1.0, 1.0);
  EXPECT_FALSE(full.share_of_headroom);
  EXPECT_FALSE(full.share_of_gap);
  EXPECT_FALSE(tunability(0.3, 0.9, true, 1.0, 0.1 + 0.2).share_of_gap) << "but for rounding";
  EXPECT_FALSE(tunability(0.5, 0.9).share_of_headroom) << "the best value is not known";
  EXPECT_GT(tunability(0.5, 0.9, true, 1.0, 0.8).share_of_gap.value(), 1.0);
  EXPECT_EQ(message_of<Error>([] { tunability(0.5, kNan); }),
            "scores of a cell: found nan, expected finite numbers");
}

TEST(FormatGain, TheFourPartsAddUp) {
  const std::vector<BeforeAfter> rows = {
      {false, true, 0, 1}, {false, true, 0, 0},  {true, true, 0, 1}, {true, true, 1, 1},
      {true, false, 1, 0}, {false, false, 0, 0}, {true, true, 1, 0}, {false, true, 0, 1}};
  const FormatGain gain = format_gain(rows).value();
  EXPECT_DOUBLE_EQ(gain.gain, 0.125);
  EXPECT_EQ(gain.became_valid.rows, 3);
  EXPECT_DOUBLE_EQ(gain.became_valid.gain, 0.25);
  EXPECT_EQ(gain.stayed_valid.rows, 3);
  EXPECT_DOUBLE_EQ(gain.stayed_valid.gain, 0.0);
  EXPECT_EQ(gain.became_invalid.rows, 1);
  EXPECT_DOUBLE_EQ(gain.became_invalid.gain, -0.125);
  EXPECT_EQ(gain.stayed_invalid.rows, 1);
  // v: 4/8 → 6/8; a: 3/4 → 4/6.
  EXPECT_NEAR(gain.by_form.value(), 0.25 * (0.75 + 2.0 / 3.0) / 2.0, 1e-15);
  EXPECT_NEAR(gain.by_form.value() + gain.by_content.value(), gain.gain, 1e-15);
}

TEST(FormatGain, OnlyFormOrOnlyContent) {
  // Half of the valid answers are right before and after; only their number changes.
  const std::vector<BeforeAfter> form = {
      {true, true, 1, 1}, {true, true, 0, 0}, {false, true, 0, 1}, {false, true, 0, 0}};
  EXPECT_NEAR(format_gain(form).value().by_form.value(), 0.25, 1e-15);
  EXPECT_NEAR(format_gain(form).value().by_content.value(), 0.0, 1e-15);
  const std::vector<BeforeAfter> content = {{true, true, 0, 1}, {true, true, 1, 1}};
  EXPECT_EQ(format_gain(content).value().by_form.value(), 0.0);
  EXPECT_EQ(format_gain(content).value().by_content.value(), 0.5);
}

TEST(FormatGain, OddInputHasAnAnswer) {
  EXPECT_FALSE(format_gain({}));
  const std::vector<BeforeAfter> never = {{false, true, 0, 1}};
  EXPECT_EQ(format_gain(never).value().became_valid.gain, 1.0);
  EXPECT_FALSE(format_gain(never).value().by_form) << "no valid answer before";
  const std::vector<BeforeAfter> partial = {{true, true, 0, 1}, {false, false, 0.25, 0.25}};
  EXPECT_FALSE(format_gain(partial).value().by_content) << "an invalid answer has a score";
  EXPECT_THROW(format_gain(std::vector<BeforeAfter>{{true, true, kNan, 1}}), Error);
}

TEST(Pareto, KeepsWhatNothingBeats) {
  const std::vector<ParetoPoint> points = {{0.9, {8.0, 4.0}},
                                           {0.8, {1.0, 2.0}},
                                           {0.8, {1.0, 3.0}},  // slower than the one before
                                           {0.7, {2.0, 1.0}},
                                           {0.85, {9.0, 9.0}}};  // worse than the first
  EXPECT_THAT(pareto_front(points), ElementsAre(true, true, false, true, false));
  std::vector<ParetoPoint> turned = points;
  std::ranges::reverse(turned);
  EXPECT_THAT(pareto_front(turned), ElementsAre(false, true, false, true, true));
}

TEST(Pareto, OddPointsHaveAnAnswer) {
  EXPECT_THAT(pareto_front({}), IsEmpty());
  const std::vector<ParetoPoint> equal(3, {0.5, {1.0}});
  EXPECT_THAT(pareto_front(equal), ElementsAre(true, true, true));
  const std::vector<ParetoPoint> unknown = {
      {0.5, {std::nullopt}}, {std::nullopt, {0.0}}, {0.1, {1.0}}};
  EXPECT_THAT(pareto_front(unknown), ElementsAre(false, false, true));
  const std::vector<ParetoPoint> scores = {{0.5, {}}, {0.6, {}}};
  EXPECT_THAT(pareto_front(scores), ElementsAre(false, true));
  EXPECT_EQ(message_of<Error>([] {
              pareto_front(std::vector<ParetoPoint>{{0.5, {1.0}}, {0.5, {1.0, 2.0}}});
            }),
            "costs of two models: found 2 and 1, expected as many");
  EXPECT_THROW(pareto_front(std::vector<ParetoPoint>{{0.5, {kInfinity}}}), Error);
}

}  // namespace
}  // namespace tuneval
