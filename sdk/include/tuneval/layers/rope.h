#pragma once

#include "tuneval/config.h"

#include <ATen/core/Tensor.h>

namespace tuneval {

/// Cosines and sines of one batch's positions.
struct TUNEVAL_API Rotation {
  at::Tensor cos, sin;  ///< [tokens, 1, head_dim]

  /// Rotates x [tokens, heads, head_dim], pairing dimension i with i + head_dim / 2 as Hugging Face
  /// checkpoints do.
  at::Tensor apply(const at::Tensor& x) const;
};

/// Rotary position embedding (Su et al. 2021) with the frequency scalings that config.json may ask
/// for: none ("default"), "linear", "llama3". Reads `rope_parameters` (transformers 5) or
/// `rope_theta` and `rope_scaling` (transformers 4). Another type throws ConfigError listing these.
class TUNEVAL_API Rope {
 public:
  Rope(const Config& config, int64_t head_dim);

  /// Angles in float32, then cast to `dtype`.
  Rotation at(const at::Tensor& positions, at::ScalarType dtype) const;

  const at::Tensor& inverse_frequencies() const { return inverse_frequencies_; }

 private:
  at::Tensor inverse_frequencies_;  // float32 [head_dim / 2], on the CPU
};

}  // namespace tuneval
