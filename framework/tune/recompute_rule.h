#pragma once

#include "framework/manifest/recipe.h"
#include "framework/model/loaded_model.h"

#include <cstdint>

namespace tuneval {

/// Which layers are computed a second time on the way back rather than kept: Recipe::recompute and
/// Recipe::activation_mib for one model. The result is the same to the bit whatever it says.
class RecomputeRule {
 public:
  RecomputeRule(const LoadedModel& model, const Recipe& recipe);

  /// How many layers, from the lowest, are computed twice in a batch of so many tokens: as few as
  /// let the others' activations fit the budget.
  int64_t layers(int64_t tokens) const;
  int64_t all_layers() const { return layers_; }

 private:
  std::string mode_;
  int64_t budget_ = 0;  // bytes
  int64_t layers_ = 0;
  int64_t bytes_ = 0;  // that one layer keeps of one token, roughly
};

}  // namespace tuneval
