#include "framework/tune/recompute_rule.h"

#include "framework/model/activations.h"

#include <algorithm>

namespace tuneval {

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
