#pragma once

#include "tuneval/layers/linear.h"
#include "tuneval/layers/norm.h"
#include "tuneval/layers/rope.h"
#include "tuneval/model/batch.h"
#include "tuneval/model/cache.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <functional>
#include <memory>

namespace tuneval {

struct AttentionOptions {
  double scale = 1.0;  ///< of q·k, usually 1/sqrt(head_dim)
  int64_t window = 0;  ///< a token sees itself and the window − 1 tokens before it; 0: all
};

/// Attention over a forest: a token sees itself and its ancestors.
///
/// q [tokens, heads, head_dim]; k, v [tokens, kv_heads, head_dim], heads a multiple of kv_heads
/// (grouped queries). With a cache, k and v are written to part 0 and 1 of `layer`, and ancestors
/// are read from there. Returns [tokens, heads · head_dim].
///
/// Keys that many rows share are read once for all their queries: attention over parts of the keys
/// is joined by its log-sum-exp, which is exact (Dao et al. 2022, "FlashAttention", section 3.1).
TUNEVAL_API at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const Batch& batch, Cache* cache, int64_t layer,
                              const AttentionOptions& options);

struct SelfAttentionOptions {
  int64_t width = 0;  ///< of what comes in and goes out
  int64_t heads = 0;
  int64_t kv_heads = 0;  ///< divides heads
  int64_t head_dim = 0;
  int64_t layer = 0;  ///< index of the layer, for the cache
  bool bias = false;  ///< of the projections to queries, keys and values
  bool out_bias = false;
  double scale = 0.0;  ///< of q·k; 0: 1/sqrt(head_dim)
  int64_t window = 0;  ///< as in AttentionOptions
  /// Makes the norm of every head's queries, and that of its keys; none where it is empty.
  std::function<std::shared_ptr<RmsNorm>()> head_norm = {};
  /// The checkpoint's names.
  const char* out = "o_proj";
  const char* q_norm = "q_norm";
  const char* k_norm = "k_norm";
};

/// Grouped-query self-attention with rotary positions: projections "q_proj", "k_proj", "v_proj" and
/// `out`, and perhaps a norm on every head's queries and keys.
class TUNEVAL_API SelfAttention : public torch::nn::Module {
 public:
  explicit SelfAttention(const SelfAttentionOptions& options);
  ~SelfAttention() override;

  /// x [tokens, width] → the same shape. With a cache, keys and values are parts 0 and 1 of the
  /// layer.
  at::Tensor forward(const LayerInput& x, const Rotation& rotation, const Batch& batch,
                     Cache* cache);

 private:
  int64_t head_dim_, layer_;
  AttentionOptions attention_;
  std::shared_ptr<Linear> q_, k_, v_, out_;
  std::shared_ptr<RmsNorm> q_norm_, k_norm_;
};

}  // namespace tuneval
