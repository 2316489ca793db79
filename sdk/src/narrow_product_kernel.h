#pragma once

#include <cstdint>

// Compiled once for each instruction set, so it holds nothing but this: an inline function of a
// library would be compiled for the newest one and be chosen for all.
namespace tuneval {

/// y [m, n] = x [m, k] · wᵀ, for the rows [begin, end) of w [n, k]. Rows of x and w follow each
/// other; w is float32, or bfloat16 where `bfloat16` says so.
struct NarrowProduct {
  const float* x;
  const void* w;
  float* y;
  int64_t m, n, k;
  bool bfloat16;
};

using NarrowProductKernel = void (*)(const NarrowProduct& job, int64_t begin, int64_t end);

void narrow_product_portable(const NarrowProduct& job, int64_t begin, int64_t end);
void narrow_product_avx2(const NarrowProduct& job, int64_t begin, int64_t end);
void narrow_product_avx512(const NarrowProduct& job, int64_t begin, int64_t end);

}  // namespace tuneval
