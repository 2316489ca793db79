#include "framework/model/activations.h"

#include "framework/model/loaded_model.h"
#include "tuneval/layers/linear.h"

#include <algorithm>

namespace tuneval {

/// What comes out of every Linear, or the sum that it goes into, and x Aᵀ of its adapter; an eighth
/// more for what attention gives and the rest. What goes into a Linear is made again, unless its
/// weight learns.
int64_t activation_bytes_per_token(const CausalLm& lm) {
  int64_t features = 0;
  for (const auto& module : lm.modules()) {
    const auto* linear = dynamic_cast<const Linear*>(module.get());
    if (!linear) continue;
    features += linear->out_features();
    if (linear->adapter()) features += linear->adapter()->a.size(0);
    if (linear->weight.requires_grad()) features += linear->in_features();
  }
  return (features + features / 8) * int64_t(sizeof(float));
}

int64_t count_layers(const Config& config) {
  return std::max<int64_t>(1, text_config(config).integer_or("num_hidden_layers", 1));
}

}  // namespace tuneval
