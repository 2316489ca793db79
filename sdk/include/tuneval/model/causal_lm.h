#pragma once

#include "tuneval/model/batch.h"
#include "tuneval/model/cache.h"

#include <torch/nn/module.h>

namespace tuneval {

/// A decoder-only language model. Modules bear the checkpoint's own names.
class TUNEVAL_API CausalLm : public torch::nn::Module {
 public:
  ~CausalLm() override;

  /// Hidden states after the last norm, [tokens, width]. With a cache, keys and values of the
  /// batch's tokens are written to their slots, and ancestors are read from it; without one, the
  /// batch must hold every ancestor.
  virtual at::Tensor hidden(const Batch& batch, Cache* cache) = 0;
  /// Vocabulary logits [n, vocabulary] of the rows of `hidden` asked for, [n, width].
  virtual at::Tensor logits(const at::Tensor& hidden) = 0;
};

}  // namespace tuneval
