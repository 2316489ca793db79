#pragma once

#include "attention_kernel.h"

namespace tuneval {

/// Whether `block_attention` and the way back are for these queries: float32 on a CPU, heads of
/// whole registers, and rows enough. Heads that share a key head are further queries of it, so that
/// keys are neither repeated nor read twice.
bool block_attention_fits(const at::Tensor& q, const at::Tensor& k);

/// As attention_forward.
std::tuple<at::Tensor, at::Tensor> block_attention(const at::Tensor& q, const at::Tensor& k,
                                                   const at::Tensor& v, const AttentionGroup& group,
                                                   double scale);

/// As attention_backward.
std::tuple<at::Tensor, at::Tensor, at::Tensor> block_attention_back(
    const at::Tensor& grad, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const at::Tensor& out, const at::Tensor& lse, const AttentionGroup& group, double scale);

}  // namespace tuneval
