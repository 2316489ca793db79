#pragma once

#include "attention_plan.h"

#include <ATen/core/Tensor.h>

#include <tuple>

namespace tuneval {

/// One group's attention over its own keys alone.
/// q [pairs, queries, heads, dim]; k, v [pairs, keys, kv_heads, dim].
/// Returns the result, shaped as q, and the log-sum-exp float32 [pairs, queries, heads].
std::tuple<at::Tensor, at::Tensor> attention_forward(const at::Tensor& q, const at::Tensor& k,
                                                     const at::Tensor& v,
                                                     const AttentionGroup& group, double scale);

/// Gradients of q, k and v, given the whole attention's `out` and `lse` for these queries, which
/// may cover more keys than the group's.
std::tuple<at::Tensor, at::Tensor, at::Tensor> attention_backward(
    const at::Tensor& grad, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const at::Tensor& out, const at::Tensor& lse, const AttentionGroup& group, double scale);

}  // namespace tuneval
