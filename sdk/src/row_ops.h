#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

namespace tuneval {

// What a layer does to each row by itself, and the way back, in one pass each: by our own kernels
// in float32 on the CPU, else composed of ATen's operators.

/// (weight + beyond) · x / sqrt(mean(x²) + eps) over the last dimension, beyond 0 or 1: see
/// RmsNorm.
at::Tensor norm_rows(const at::Tensor& x, const at::Tensor& weight, double eps, bool beyond_one);
/// The gradient of x from that of the result.
at::Tensor norm_rows_grad(const at::Tensor& x, const at::Tensor& weight, double eps,
                          bool beyond_one, const at::Tensor& grad);

/// x [tokens, heads, dim] rotated by cos and sin [tokens, 1, dim]; rotated back where `back`, which
/// is the gradient too.
at::Tensor rotate_rows(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin,
                       bool back);

/// activation(gate) · up: silu, or gelu in its tanh form.
at::Tensor gate_rows(const at::Tensor& gate, const at::Tensor& up, bool gelu);
/// The gradients of gate and up from that of the result.
std::pair<at::Tensor, at::Tensor> gate_rows_grad(const at::Tensor& gate, const at::Tensor& up,
                                                 bool gelu, const at::Tensor& grad);

}  // namespace tuneval
