#include "framework/tune/gradients.h"

#include "tuneval/layers/recompute.h"

#include <ATen/ops/zeros.h>

#include <algorithm>

namespace tuneval {

StepGradients add_gradients(const LoadedModel& model,
                            const std::vector<const TokenizedExample*>& rows, LossOn loss_on,
                            int64_t token_budget, const RecomputeRule& rule,
                            const std::function<bool()>& goes_on) {
  // The mean over the step's targets, however its rows are packed.
  const double scale = 1.0 / double(std::max<int64_t>(1, count_targets(rows, loss_on)));
  StepGradients made;
  at::Tensor loss = at::zeros({}, at::TensorOptions(model.device).dtype(at::kDouble));
  for (const auto& part : pack_rows(rows, token_budget)) {
    if (!goes_on()) return made;
    const LossBatch batch = make_loss_batch(part, loss_on, model.device);
    const RecomputeScope scope(rule.layers(batch.batch.tokens()));
    loss.add_(compute_loss_there(*model.lm, batch, scale, /*backward=*/true));
    made.tokens += batch.row_tokens;
    made.computed += batch.batch.tokens();
  }
  made.loss = loss;
  return made;
}

}  // namespace tuneval
