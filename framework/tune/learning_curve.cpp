#include "framework/tune/learning_curve.h"

#include <algorithm>

namespace tuneval {

namespace {

// A longer run keeps every n-th step of its curve.
constexpr int64_t kLongestCurve = 2000;

}  // namespace

std::vector<TuneEpoch> learning_curve(std::span<const TuneStep> steps, int64_t steps_per_epoch,
                                      std::span<const TuneEpoch> found) {
  std::vector<TuneEpoch> curve;
  const int64_t epochs = std::ssize(steps) / steps_per_epoch;
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    TuneEpoch point{epoch + 1, (epoch + 1) * steps_per_epoch, 0.0, {}, {}};
    const auto part = steps.subspan(size_t(epoch * steps_per_epoch), size_t(steps_per_epoch));
    for (const TuneStep& step : part) point.loss += step.loss / double(steps_per_epoch);
    const auto at = std::ranges::find(found, point.step, &TuneEpoch::step);
    if (at != found.end()) {
      point.validation_loss = at->validation_loss;
      point.score = at->score;
    }
    curve.push_back(point);
  }
  return curve;
}

std::vector<TuneStep> thinned_curve(std::span<const TuneStep> steps) {
  std::vector<TuneStep> kept;
  const auto count = std::ssize(steps);
  const int64_t every = (count + kLongestCurve - 1) / kLongestCurve;
  for (int64_t i = 0; i < count; ++i) {
    if ((i + 1) % every == 0 || i == 0 || i + 1 == count) kept.push_back(steps[size_t(i)]);
  }
  return kept;
}

}  // namespace tuneval
