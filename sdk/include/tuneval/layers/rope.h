#pragma once

#include "tuneval/config.h"

#include <ATen/core/Tensor.h>

#include <optional>

namespace tuneval {

/// Cosines and sines of one batch's positions.
struct TUNEVAL_API Rotation {
  at::Tensor cos, sin;  ///< [tokens, 1, head_dim], times the scaling's factor on attention

  /// Rotates x [tokens, heads, head_dim], pairing dimension i with i + head_dim / 2 as Hugging Face
  /// checkpoints do.
  at::Tensor apply(const at::Tensor& x) const;
};

/// Rotary position embedding (Su et al. 2021) with the frequency scalings that config.json may ask
/// for: none ("default"), "linear", "llama3", "yarn" (Peng et al. 2023, section 3). Another type
/// throws ConfigError listing these.
class TUNEVAL_API Rope {
 public:
  /// Reads `rope_parameters` (transformers 5) or `rope_theta` and `rope_scaling` (transformers 4).
  Rope(const Config& config, int64_t head_dim);
  /// For a model with several: `scaling`, if any, is one object as `rope_parameters` is, whose own
  /// "rope_theta" goes before `base`.
  Rope(const Config& config, const std::optional<Config>& scaling, double base, int64_t head_dim);

  /// Angles in float32, then cast to `dtype`.
  Rotation at(const at::Tensor& positions, at::ScalarType dtype) const;

  const at::Tensor& inverse_frequencies() const { return inverse_frequencies_; }

 private:
  at::Tensor inverse_frequencies_;  // float32 [head_dim / 2], on the CPU
  double attention_factor_ = 1.0;   // on cosines and sines
};

}  // namespace tuneval
