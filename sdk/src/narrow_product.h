#pragma once

#include <ATen/core/Tensor.h>

namespace tuneval {

/// Whether x Wᵀ is one of few rows that `narrow_product` computes faster than the BLAS does: in
/// inference mode, x float32 of at most some 64 rows, W float32 or bfloat16, both on the CPU.
bool narrow_product_fits(const at::Tensor& x, const at::Tensor& weight);

/// x [m, k] times W [n, k] transposed → [m, n], every sum in float32. A step of decoding is bound
/// by reading the weights: they are read once, in the dtype they are stored in.
at::Tensor narrow_product(const at::Tensor& x, const at::Tensor& weight);

}  // namespace tuneval
