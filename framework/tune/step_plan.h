#pragma once

#include "framework/manifest/recipe.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tuneval {

/// When a tuning does what: steps are counted from 0, ends of steps from 1.
class StepPlan {
 public:
  /// `rows`: to train on; `held_out`: to validate on.
  StepPlan(const Recipe& recipe, size_t rows, size_t held_out);

  int64_t steps() const { return steps_; }
  int64_t per_epoch() const { return per_epoch_; }
  /// The learning rate of a step.
  double rate(int64_t step) const;
  bool ends_epoch(int64_t end) const { return end % per_epoch_ == 0; }
  bool validates(int64_t end) const;
  /// With checkpoint_steps = 0 it is at the end of each epoch, and when a minute has passed since
  /// the last one; later where writing them would take more than a twentieth of the time.
  bool checkpoints(int64_t end, std::chrono::steady_clock::duration since,
                   std::chrono::steady_clock::duration cost) const;

 private:
  const Recipe& recipe_;
  const bool has_validation_;
  int64_t per_epoch_, steps_, warmup_;
};

}  // namespace tuneval
