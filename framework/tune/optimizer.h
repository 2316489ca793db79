#pragma once

#include "framework/manifest/recipe.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
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
  /// The same without the host's knowing: the norm as a float32 tensor [] on the weights' device,
  /// which also decides how far to clip and, from the norm and `loss` [], whether to move at all.
  at::Tensor step_there(double learning_rate, const at::Tensor& loss);

  const std::vector<std::pair<std::string, at::Tensor>>& parameters() const { return parameters_; }
  /// First and second moments and step counts, by name.
  std::vector<std::pair<std::string, at::Tensor>> state() const;
  /// Takes back what `state` gave; throws RecordError when a tensor is missing or does not fit.
  void restore(const std::vector<std::pair<std::string, at::Tensor>>& state);

 private:
  /// A parameter that no token reached counts as having no gradient to speak of.
  std::vector<at::Tensor> gradients() const;
  void update(const std::vector<at::Tensor>& gradients, double learning_rate,
              const std::optional<at::Tensor>& divisor, const std::optional<at::Tensor>& stay);

  const Recipe& recipe_;
  std::vector<std::pair<std::string, at::Tensor>> parameters_;
  std::vector<at::Tensor> first_, second_, steps_;
};

}  // namespace tuneval
