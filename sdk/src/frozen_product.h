#pragma once

#include <ATen/core/Tensor.h>

namespace tuneval {

// Products with a weight that learns nothing, which may be stored narrower than x: tiles of it are
// read as they are, or it is widened part by part; no wide copy of a vocabulary is ever held.

/// x [m, k] times W [n, k] transposed → [m, n].
at::Tensor frozen_product(const at::Tensor& x, const at::Tensor& weight);
/// Adds grad [m, n] times W [n, k] to `total` [m, k]; makes it where it is undefined.
void add_frozen_product(at::Tensor& total, const at::Tensor& grad, const at::Tensor& weight);
/// Adds left · right to `total`; makes it where it is undefined.
void add_product(at::Tensor& total, const at::Tensor& left, const at::Tensor& right);

}  // namespace tuneval
