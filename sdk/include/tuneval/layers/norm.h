#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace tuneval {

/// Root-mean-square norm over the last dimension (Zhang & Sennrich 2019), computed in float32:
/// y = weight · x / sqrt(mean(x²) + eps).
class TUNEVAL_API RmsNorm : public torch::nn::Module {
 public:
  RmsNorm(int64_t width, double eps);
  ~RmsNorm() override;

  /// x […, width] → the same shape.
  at::Tensor forward(const at::Tensor& x);

  at::Tensor weight;  ///< [width]

 private:
  double eps_;
};

}  // namespace tuneval
