#pragma once

#include "tuneval/model/batch.h"
#include "tuneval/model/cache.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace tuneval {

/// A short causal convolution along each token's own ancestors, every channel by itself: what
/// torch::nn::Conv1d with groups = channels computes over one row. Over a forest a token's past is
/// its parent, its parent's parent and so on, wherever they lie.
class TUNEVAL_API ShortConv : public torch::nn::Module {
 public:
  /// `taps`: the token itself and the taps − 1 tokens before it.
  ShortConv(int64_t channels, int64_t taps, bool bias);
  ~ShortConv() override;

  /// x [tokens, channels] → the same shape. With a cache, x is written to part 0 of `layer`, and
  /// past tokens are read from there.
  at::Tensor forward(const at::Tensor& x, const Batch& batch, Cache* cache, int64_t layer);

  at::Tensor weight;  ///< [channels, 1, taps], the oldest tap first
  at::Tensor bias;    ///< [channels]; undefined without bias
};

}  // namespace tuneval
