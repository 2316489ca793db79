#pragma once

#include "tuneval/model/batch.h"
#include "tuneval/model/cache.h"

#include <ATen/core/Tensor.h>

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

}  // namespace tuneval
