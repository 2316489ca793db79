#include "narrow_product.h"

#include "narrow_product_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace tuneval {

namespace {

// From here on the BLAS, which packs its operands, is faster.
constexpr int64_t kMostRows = 64;
// Rows of W that a thread takes at least, whatever it costs to wake it.
constexpr int64_t kLeastWork = 32768;  // multiplications

NarrowProductKernel best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    return narrow_product_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return narrow_product_avx2;
#endif
  return narrow_product_portable;
}

}  // namespace

bool narrow_product_fits(const at::Tensor& x, const at::Tensor& weight) {
  // Only where nothing is learnt: a layer computed twice must take the same way both times.
  if (!c10::InferenceMode::is_enabled()) return false;
  const auto stored = weight.scalar_type();
  const bool known = stored == at::kFloat || stored == at::kBFloat16;
  return x.dim() == 2 && x.size(0) <= kMostRows && x.scalar_type() == at::kFloat && x.is_cpu() &&
         weight.is_cpu() && known && weight.is_contiguous();
}

at::Tensor narrow_product(const at::Tensor& x, const at::Tensor& weight) {
  static const NarrowProductKernel kernel = best_kernel();
  const at::Tensor rows = x.contiguous();
  at::Tensor y = at::empty({x.size(0), weight.size(0)}, x.options());
  const NarrowProduct job{rows.const_data_ptr<float>(), weight.const_data_ptr(),
                          y.mutable_data_ptr<float>(),  rows.size(0),
                          weight.size(0),               weight.size(1),
                          weight.scalar_type() == at::kBFloat16};
  const int64_t grain = std::max<int64_t>(16, kLeastWork / std::max<int64_t>(1, job.m * job.k));
  at::parallel_for(0, job.n, grain,
                   [&](int64_t begin, int64_t end) { kernel(job, begin, end); });
  return y;
}

}  // namespace tuneval
