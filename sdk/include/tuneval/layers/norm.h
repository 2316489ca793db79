#pragma once

#include "tuneval/layers/linear.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace tuneval {

/// What a norm's weight counts from: the factor itself, or what is added to 1 (Gemma).
enum class NormWeight { factor, beyond_one };

/// Root-mean-square norm over the last dimension (Zhang & Sennrich 2019), computed in float32:
/// y = factor · x / sqrt(mean(x²) + eps), where factor is the weight or 1 + weight. With `factor`
/// the quotient is cast to x's dtype before it is multiplied, with `beyond_one` after, as the
/// reference implementations of either kind do.
class TUNEVAL_API RmsNorm : public torch::nn::Module {
 public:
  RmsNorm(int64_t width, double eps, NormWeight kind = NormWeight::factor);
  ~RmsNorm() override;

  /// x […, width] → the same shape.
  at::Tensor forward(const at::Tensor& x);
  /// The same, for a layer that would keep it: that keeps x and the weight, as the norm does.
  LayerInput input(const at::Tensor& x);
  /// The weight that leaves x's norm as it is: 1 or 0.
  double neutral_weight() const { return kind_ == NormWeight::factor ? 1.0 : 0.0; }

  at::Tensor weight;  ///< [width]

 private:
  double eps_;
  NormWeight kind_;
};

}  // namespace tuneval
