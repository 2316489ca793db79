#include "framework/score/jackknife.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tuneval {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

/// The square of the mean, or the mean itself, or what is no number without the first example.
class Power final : public Metric {
 public:
  explicit Power(int power) : power_(power) {}
  SampleScore score(const Example&, const Prediction&) const override { return {}; }
  double aggregate(std::span<const Scored> scored) const override {
    const double mean = Metric::aggregate(scored);
    if (power_ == 1) return mean;
    if (power_ == 0) return scored.size() == 3 ? 7.0 : std::numeric_limits<double>::infinity();
    return mean * mean;
  }

 private:
  int power_;
};

std::vector<double> jackknife(int power, const std::vector<double>& values) {
  std::vector<Scored> scored;
  for (const double value : values) scored.push_back({nullptr, nullptr, value});
  const Power metric(power);
  return jackknife_values(metric, scored, metric.aggregate(scored));
}

TEST(Jackknife, LeavesOutOneExampleAfterTheOther) {
  // (2/3)² of all; 1 without the first, ¼ without another.
  EXPECT_THAT(jackknife(2, {0, 1, 1}),
              ElementsAre(DoubleNear(4.0 / 9.0 - 2.0 * (1.0 - 4.0 / 9.0), 1e-12),
                          DoubleNear(4.0 / 9.0 - 2.0 * (0.25 - 4.0 / 9.0), 1e-12),
                          DoubleNear(4.0 / 9.0 - 2.0 * (0.25 - 4.0 / 9.0), 1e-12)));
}

TEST(Jackknife, AMeanNeedsNone) {
  EXPECT_THAT(jackknife(1, {0, 0.25, 1}), IsEmpty());
  EXPECT_THAT(jackknife(2, {1, 1, 1}), IsEmpty()) << "as here, where it is the mean as well";
}

TEST(Jackknife, TooFewTooManyAndWhatIsNoNumberHaveNone) {
  EXPECT_THAT(jackknife(2, {0.5}), IsEmpty());
  EXPECT_THAT(jackknife(2, std::vector<double>(kMostJackknifed + 1, 0.5)), IsEmpty());
  EXPECT_THAT(jackknife(0, {1, 0, 1}), IsEmpty());
}

}  // namespace
}  // namespace tuneval
