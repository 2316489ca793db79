#pragma once

#include <cstdint>

// Compiled once for each instruction set, so it holds nothing but this: an inline function of a
// library would be compiled for the newest one and be chosen for all.
namespace tuneval {

/// y [m, n] = x [m, k] · wᵀ, for the rows [begin, end) of w [n, k]. Rows of x and w follow each
/// other; w is float32, or bfloat16 where `bfloat16` says so.
struct ProductJob {
  const float* x;
  const void* w;
  float* y;
  int64_t m, n, k;
  bool bfloat16;
};

/// Slots whose keys one query sees.
struct SlotRange {
  int64_t begin, length;
};

/// Attention of single queries over cached keys that lie where they lie.
struct DecodeAttentionJob {
  const float* q;  // [queries, heads, dim]
  const float* k;  // [slots, kv_heads, dim]
  const float* v;
  float* out;  // [queries, heads, dim]
  float* lse;  // [queries, heads]
  const SlotRange* ranges;
  const int64_t* first_range;  // by query, and one behind the last
  int64_t heads, kv_heads, dim;
  int64_t most_keys;  // of any query
  float scale;
};

// Of a block's attention: rows, queries of all heads that share a key head; and keys.
constexpr int64_t kBlockRows = 60, kBlockKeys = 128;

/// Attention of many queries over many keys, of one pair (see AttentionGroup), and the way back.
struct BlockAttentionJob {
  const float* q;  // [queries, heads, dim]; dim is whole registers
  const float* k;  // [keys, kv_heads, dim]
  const float* v;
  /// By key head: what `turn_keys` made of its keys, and of its values for the way back.
  const float* k_turned;
  const float* v_turned;
  int64_t turned_stride;   // from one head's to the next one's
  const uint8_t* visible;  // [queries, keys]; none: all, or the lower triangle
  float* out;              // [queries, heads, dim]
  float* lse;              // [queries, heads]
  const float* grad;       // of out, for the way back
  float* q_grad;
  int64_t queries, keys, heads, kv_heads, dim;
  float scale;
  bool causal;
};

struct CpuKernels {
  /// For few rows of x: w is read once.
  void (*product)(const ProductJob& job, int64_t begin, int64_t end);
  /// Pairs of query and key head, query · kv_heads + head, from begin to end. `scores` has room for
  /// heads / kv_heads · most_keys.
  void (*attention)(const DecodeAttentionJob& job, int64_t begin, int64_t end, float* scores);
  /// y = (weight + beyond) · x / sqrt(mean(x²) + eps), row by row.
  void (*rms_norm)(const float* x, const float* weight, float beyond, float eps, float* y,
                   int64_t rows, int64_t width);
  /// The gradient of x from that of y.
  void (*rms_norm_grad)(const float* x, const float* weight, float beyond, float eps,
                        const float* y_grad, float* x_grad, int64_t rows, int64_t width);
  /// Rotates x [tokens, heads, dim] by cos and sin [tokens, dim]; by the angles' negatives where
  /// `back`, which is the gradient too.
  void (*rotate)(const float* x, const float* cos, const float* sin, float* y, int64_t tokens,
                 int64_t heads, int64_t dim, bool back);
  /// y = activation(gate) · up; silu, or gelu in its tanh form.
  void (*gate)(const float* gate, const float* up, float* y, int64_t count, bool gelu);
  /// The gradients of gate and up from that of y.
  void (*gate_grad)(const float* gate, const float* up, const float* y_grad, float* gate_grad,
                    float* up_grad, int64_t count, bool gelu);
  /// Keys of one head, `stride` floats from each other, as `block_attention` reads them: room for
  /// dim · keys, rounded up to kBlockKeys.
  void (*turn_keys)(const float* x, int64_t stride, int64_t keys, int64_t dim, float* turned);
  /// Queries from `query` to `end` for the heads of one key head: writes out and lse. `scratch` has
  /// room for three blocks of rows and two of scores.
  void (*block_attention)(const BlockAttentionJob& job, int64_t kv_head, int64_t query, int64_t end,
                          float* scratch);
  /// Reads them, and the whole attention's may cover more keys: writes q_grad and adds to those of
  /// k and v [keys, kv_heads, dim].
  void (*block_attention_back)(const BlockAttentionJob& job, int64_t kv_head, int64_t query,
                               int64_t end, float* k_grad, float* v_grad, float* scratch);
  int64_t lanes;  // floats in a register
};

extern const CpuKernels kPortableCpuKernels, kAvx2CpuKernels, kAvx512CpuKernels;

/// Those for the best instruction set that this processor has; of none newer than the environment
/// variable TUNEVAL_CPU names: portable, avx2, avx512 or tiles. Any other name throws Error.
const CpuKernels& cpu_kernels();

/// Whether products may use matrix tiles (cpu_tiles.h): likewise.
bool has_tiles();

}  // namespace tuneval
