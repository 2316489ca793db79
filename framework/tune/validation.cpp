#include "framework/tune/validation.h"

#include <ATen/ops/zeros.h>

#include <algorithm>

namespace tuneval {

double validation_loss(LoadedModel& model, const std::vector<TokenizedExample>& rows,
                       LossOn loss_on, int64_t token_budget) {
  model.lm->eval();
  std::vector<const TokenizedExample*> all;
  for (const TokenizedExample& row : rows) all.push_back(&row);
  const double scale = 1.0 / double(std::max<int64_t>(1, count_targets(all, loss_on)));
  at::Tensor total = at::zeros({}, at::TensorOptions(model.device).dtype(at::kDouble));
  for (const auto& part : pack_rows(all, token_budget)) {
    const LossBatch batch = make_loss_batch(part, loss_on, model.device);
    total.add_(compute_loss_there(*model.lm, batch, scale, /*backward=*/false));
  }
  model.lm->train();
  return total.item<double>();
}

}  // namespace tuneval
