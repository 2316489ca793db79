#pragma once

#include "attention_plan.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace tuneval {

// Decoding computes few rows at once: there an operator's overhead, not its arithmetic, takes the
// time, and a product is bound by reading its weights once. Here are the few that a layer needs.

/// Whether x is one of few rows in inference mode: float32 on the CPU.
bool decodes(const at::Tensor& x);

/// Whether `decode_product` computes x Wᵀ: few rows, W float32 or bfloat16.
bool decode_product_fits(const at::Tensor& x, const at::Tensor& weight);
/// x [m, k] times W [n, k] transposed → [m, n], every sum in float32; W is read once, in the dtype
/// it is stored in.
at::Tensor decode_product(const at::Tensor& x, const at::Tensor& weight);
/// The same for several weights, by threads that are woken once.
std::vector<at::Tensor> decode_products(const at::Tensor& x, at::ArrayRef<at::Tensor> weights);

/// Each query over the slots that it reads for itself: out [tokens, heads, dim] and the
/// log-sum-exp [tokens, heads].
void decode_attention(const DecodePlan& plan, const at::Tensor& q, const at::Tensor& k,
                      const at::Tensor& v, double scale, at::Tensor& out, at::Tensor& lse);

}  // namespace tuneval
