#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace tuneval {

// Products of float32 rows with a bfloat16 weight by the processor's matrix tiles, as exact as in
// float32 (see cpu_tiles.h).

/// Whether they compute x · weightᵀ; and grad · weight.
bool tile_product_fits(const at::Tensor& x, const at::Tensor& weight);
bool tile_product_back_fits(const at::Tensor& grad, const at::Tensor& weight);
/// x [m, k] times W [n, k] transposed → [m, n].
at::Tensor tile_product(const at::Tensor& x, const at::Tensor& weight);
/// Adds grad [m, n] times W [n, k] to `total` [m, k]; makes it where it is undefined.
void add_tile_product(at::Tensor& total, const at::Tensor& grad, const at::Tensor& weight);

/// The same for few rows and several weights of their width: each is read once, where it lies.
bool tile_products_of_few_fit(const at::Tensor& x, at::ArrayRef<at::Tensor> weights);
std::vector<at::Tensor> tile_products_of_few(const at::Tensor& x, at::ArrayRef<at::Tensor> weights);

}  // namespace tuneval
