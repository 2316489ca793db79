#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace tuneval {

/// Token embeddings; also the vocabulary projection of a model whose head is tied to them. Gives
/// vectors of the dtype that the BuildScope had, however the weight is stored.
class TUNEVAL_API Embedding : public torch::nn::Module {
 public:
  Embedding(int64_t vocabulary, int64_t width);
  ~Embedding() override;

  /// ids int64 [tokens] → [tokens, width].
  at::Tensor forward(const at::Tensor& ids);
  /// hidden [n, width] → logits [n, vocabulary], with the embedding as the projection.
  at::Tensor project(const at::Tensor& hidden);

  at::Tensor weight;  ///< [vocabulary, width]; may be stored narrower than what `forward` gives

 private:
  at::ScalarType dtype_;  // of what `forward` gives
};

}  // namespace tuneval
