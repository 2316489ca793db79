#pragma once

#include "framework/manifest/recipe.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// AdamW (Loshchilov & Hutter 2019) over the trained parameters, with gradient clipping; the
/// arithmetic is LibTorch's fused kernel, the state is ours so that a checkpoint can hold it.
class Optimizer {
 public:
  Optimizer(std::vector<std::pair<std::string, at::Tensor>> parameters, const Recipe& recipe);

  /// Clips the gradients to the recipe's norm, updates the parameters and clears the gradients.
  /// Returns the norm before clipping. Nothing is updated when it is not finite.
  double step(double learning_rate);

  const std::vector<std::pair<std::string, at::Tensor>>& parameters() const { return parameters_; }
  /// First and second moments and step counts, by name.
  std::vector<std::pair<std::string, at::Tensor>> state() const;
  /// Takes back what `state` gave; throws RecordError when a tensor is missing or does not fit.
  void restore(const std::vector<std::pair<std::string, at::Tensor>>& state);

 private:
  const Recipe& recipe_;
  std::vector<std::pair<std::string, at::Tensor>> parameters_;
  std::vector<at::Tensor> first_, second_, steps_;
};

}  // namespace tuneval
