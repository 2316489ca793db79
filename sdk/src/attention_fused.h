#pragma once

#include "attention_plan.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <tuple>

namespace tuneval {

/// LibTorch's kernels on a GPU that tell the log-sum-exp and whose way back takes any, so that they
/// fit the joined one of several groups. `flash` (16-bit formats) knows the triangle but no masks;
/// `efficient` takes any mask, float32 too.
enum class FusedKernel { none, flash, efficient };

/// The kernel for queries like q [..., dim] of this group; `none` on other devices, for head sizes
/// that are no multiple of 8, and where LibTorch has no kernel for this GPU and format.
FusedKernel fused_kernel(const at::Tensor& q, const AttentionGroup& group);

/// q [pairs, heads, queries, dim]; k, v [pairs, key heads, keys, dim], where `efficient` takes as
/// many key heads as heads, `flash` any number that divides them.
/// Returns the result, shaped as q, and the log-sum-exp float32 [pairs, heads, queries].
std::tuple<at::Tensor, at::Tensor> fused_forward(FusedKernel kernel, const at::Tensor& q,
                                                 const at::Tensor& k, const at::Tensor& v,
                                                 const AttentionGroup& group, double scale);

/// Gradients of q, k and v, given `out` and `lse` over all keys (attention_kernel.h).
std::tuple<at::Tensor, at::Tensor, at::Tensor> fused_backward(
    FusedKernel kernel, const at::Tensor& grad, const at::Tensor& q, const at::Tensor& k,
    const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse, const AttentionGroup& group,
    double scale);

}  // namespace tuneval
