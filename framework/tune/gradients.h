#pragma once

#include "framework/model/loaded_model.h"
#include "framework/tune/dataset.h"
#include "framework/tune/loss.h"
#include "framework/tune/recompute_rule.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace tuneval {

/// What came of a step's rows.
struct StepGradients {
  at::Tensor loss;                   ///< float64 [] on the device; undefined where it was given up
  int64_t tokens = 0, computed = 0;  ///< as separate rows; distinct
};

/// Adds up the gradients of a step's rows in forests of at most `token_budget` distinct tokens; the
/// parameters have them then. `goes_on` is asked before each forest: the step is given up where it
/// says no.
StepGradients add_gradients(const LoadedModel& model,
                            const std::vector<const TokenizedExample*>& rows, LossOn loss_on,
                            int64_t token_budget, const RecomputeRule& rule,
                            const std::function<bool()>& goes_on);

}  // namespace tuneval
