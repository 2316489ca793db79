#include "framework/tune/step_plan.h"

#include "framework/tune/schedule.h"

#include <algorithm>

namespace tuneval {

namespace {

using Duration = std::chrono::steady_clock::duration;
constexpr Duration kCheckpointEvery = std::chrono::seconds(60);
constexpr int kCheckpointShare = 20;

}  // namespace

StepPlan::StepPlan(const Recipe& recipe, size_t rows, size_t held_out)
    : recipe_(recipe), has_validation_(held_out > 0) {
  const int64_t a_step = recipe.batch_size * recipe.accumulation;
  per_epoch_ = (int64_t(rows) + a_step - 1) / a_step;
  steps_ = per_epoch_ * recipe.epochs;
  warmup_ = warmup_steps(recipe.warmup_ratio, steps_);
}

double StepPlan::rate(int64_t step) const {
  return recipe_.learning_rate * schedule_factor(recipe_.schedule, step, warmup_, steps_);
}

bool StepPlan::validates(int64_t end) const {
  if (!has_validation_) return false;
  const int64_t every = recipe_.validate_every > 0 ? recipe_.validate_every : per_epoch_;
  return end % every == 0 || end == steps_;
}

bool StepPlan::checkpoints(int64_t end, Duration since, Duration cost) const {
  if (end == steps_) return false;
  if (recipe_.checkpoint_steps > 0) return end % recipe_.checkpoint_steps == 0;
  return ends_epoch(end) || since > std::max(kCheckpointEvery, kCheckpointShare * cost);
}

}  // namespace tuneval
