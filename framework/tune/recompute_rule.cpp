#include "framework/tune/recompute_rule.h"

#include "tuneval/layers/linear.h"

#include <algorithm>

namespace tuneval {

namespace {

/// What a forward pass keeps of each token for the way back: what comes out of every Linear, or the
/// sum that it goes into, and x Aᵀ of its adapter; an eighth more for what attention gives and the
/// rest. What goes into a Linear is made again, unless its weight learns.
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

}  // namespace

RecomputeRule::RecomputeRule(const LoadedModel& model, const Recipe& recipe)
    : mode_(recipe.recompute),
      budget_(recipe.activation_mib << 20),
      layers_(count_layers(model.config)),
      bytes_(std::max<int64_t>(1, activation_bytes_per_token(*model.lm) / layers_)) {}

int64_t RecomputeRule::layers(int64_t tokens) const {
  if (mode_ != "auto") return mode_ == "always" ? layers_ : 0;
  const int64_t kept = budget_ / std::max<int64_t>(1, tokens * bytes_);
  return std::max<int64_t>(0, layers_ - kept);
}

}  // namespace tuneval
