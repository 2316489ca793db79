#pragma once

#include "framework/model/loaded_model.h"
#include "framework/tune/loss.h"

#include <cstdint>
#include <vector>

namespace tuneval {

/// The mean loss over the targets of these rows, without gradients; in forests of at most
/// `token_budget` distinct tokens. The model is left ready to be trained.
double validation_loss(LoadedModel& model, const std::vector<TokenizedExample>& rows,
                       LossOn loss_on, int64_t token_budget);

}  // namespace tuneval
