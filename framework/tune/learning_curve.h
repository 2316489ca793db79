#pragma once

#include "framework/record/record.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// A point for each whole epoch among the steps: the mean of its steps' losses, with what was found
/// out at its end. `steps` are all from the first on; `found` has validation losses and scores by
/// their step.
std::vector<TuneEpoch> learning_curve(std::span<const TuneStep> steps, int64_t steps_per_epoch,
                                      std::span<const TuneEpoch> found);

/// The curve as records keep it: all steps, or of a long run every n-th with the first and the
/// last.
std::vector<TuneStep> thinned_curve(std::span<const TuneStep> steps);

}  // namespace tuneval
