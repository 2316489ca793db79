#include "row_ops.h"

#include "cpu_kernels.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>

#include <algorithm>

namespace tuneval {

namespace {

using at::Tensor;

// What a thread takes at least, for it costs to wake one.
constexpr int64_t kLeastElements = 16384;

// What our kernels take; anything else, a mistaken shape too, is left to ATen, which checks it.
bool plain(const Tensor& x) { return x.scalar_type() == at::kFloat && x.is_cpu(); }

bool plain_norm(const Tensor& x, const Tensor& weight) {
  return plain(x) && plain(weight) && x.dim() > 0 && weight.numel() == x.size(-1);
}
bool plain_rotation(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  const auto fits = [&](const Tensor& angles) {
    return plain(angles) && angles.is_contiguous() && angles.numel() == x.size(0) * x.size(2);
  };
  return plain(x) && x.dim() == 3 && x.size(2) % 2 == 0 && fits(cos) && fits(sin);
}
bool alike(const Tensor& a, const Tensor& b) {
  return plain(a) && plain(b) && a.sizes() == b.sizes();
}

const float* data(const Tensor& x) { return x.const_data_ptr<float>(); }
float* room(Tensor& x) { return x.mutable_data_ptr<float>(); }

/// Calls `run(begin, end)` for parts of `rows` rows of `width` elements.
template <typename Run>
void for_rows(int64_t rows, int64_t width, const Run& run) {
  const int64_t grain = std::max<int64_t>(1, kLeastElements / std::max<int64_t>(1, width));
  at::parallel_for(0, rows, grain, run);
}

Tensor row_scale(const Tensor& wide, double eps) {
  return at::rsqrt((wide * wide).mean(-1, /*keepdim=*/true).add_(eps));
}

Tensor activated(const Tensor& gate, bool gelu) {
  return gelu ? at::gelu(gate, "tanh") : at::silu(gate);
}

}  // namespace

Tensor norm_rows(const Tensor& x, const Tensor& weight, double eps, bool beyond_one) {
  if (!plain_norm(x, weight)) {
    const Tensor wide = x.to(at::kFloat), normed = wide * row_scale(wide, eps);
    if (beyond_one) return (normed * (weight.to(at::kFloat) + 1)).to(x.scalar_type());
    return normed.to(x.scalar_type()) * weight;
  }
  const Tensor rows = x.contiguous(), factors = weight.contiguous();
  Tensor y = at::empty_like(rows);
  const int64_t width = rows.size(-1), count = rows.numel() / std::max<int64_t>(1, width);
  for_rows(count, width, [&, to = room(y)](int64_t begin, int64_t end) {
    cpu_kernels().rms_norm(data(rows) + begin * width, data(factors), beyond_one ? 1.0F : 0.0F,
                           float(eps), to + begin * width, end - begin, width);
  });
  return y;
}

Tensor norm_rows_grad(const Tensor& x, const Tensor& weight, double eps, bool beyond_one,
                      const Tensor& grad) {
  if (!plain_norm(x, weight) || !alike(x, grad)) {
    const Tensor wide = x.to(at::kFloat), scale = row_scale(wide, eps), normed = wide * scale;
    const Tensor g = grad.to(at::kFloat) * (weight.to(at::kFloat) + (beyond_one ? 1 : 0));
    const Tensor along = (g * normed).mean(-1, /*keepdim=*/true);
    return ((g - normed * along) * scale).to(x.scalar_type());
  }
  const Tensor rows = x.contiguous(), factors = weight.contiguous(), from = grad.contiguous();
  Tensor x_grad = at::empty_like(rows);
  const int64_t width = rows.size(-1), count = rows.numel() / std::max<int64_t>(1, width);
  for_rows(count, width, [&, to = room(x_grad)](int64_t begin, int64_t end) {
    const int64_t at = begin * width;
    cpu_kernels().rms_norm_grad(data(rows) + at, data(factors), beyond_one ? 1.0F : 0.0F,
                                float(eps), data(from) + at, to + at, end - begin, width);
  });
  return x_grad;
}

Tensor rotate_rows(const Tensor& x, const Tensor& cos, const Tensor& sin, bool back) {
  if (!plain_rotation(x, cos, sin)) {
    const int64_t half = x.size(-1) / 2;
    const Tensor a = x.narrow(-1, 0, half), b = x.narrow(-1, half, half);
    const Tensor turned = back ? at::cat({b, a.neg()}, -1) : at::cat({b.neg(), a}, -1);
    return (x * cos).add_(turned * sin);
  }
  const Tensor rows = x.contiguous();
  Tensor y = at::empty_like(rows);
  const int64_t heads = rows.size(1), dim = rows.size(2), width = heads * dim;
  for_rows(rows.size(0), width, [&, to = room(y)](int64_t begin, int64_t end) {
    cpu_kernels().rotate(data(rows) + begin * width, data(cos) + begin * dim,
                         data(sin) + begin * dim, to + begin * width, end - begin, heads, dim,
                         back);
  });
  return y;
}

Tensor gate_rows(const Tensor& gate, const Tensor& up, bool gelu) {
  if (!alike(gate, up)) return activated(gate, gelu) * up;
  const Tensor g = gate.contiguous(), u = up.contiguous();
  Tensor y = at::empty_like(g);
  for_rows(g.numel(), 1, [&, to = room(y)](int64_t begin, int64_t end) {
    cpu_kernels().gate(data(g) + begin, data(u) + begin, to + begin, end - begin, gelu);
  });
  return y;
}

std::pair<Tensor, Tensor> gate_rows_grad(const Tensor& gate, const Tensor& up, bool gelu,
                                         const Tensor& grad) {
  if (!alike(gate, up) || !alike(gate, grad)) {
    const Tensor through = grad * up;
    return {gelu ? at::gelu_backward(through, gate, "tanh") : at::silu_backward(through, gate),
            activated(gate, gelu) * grad};
  }
  const Tensor g = gate.contiguous(), u = up.contiguous(), from = grad.contiguous();
  Tensor gate_grad = at::empty_like(g), up_grad = at::empty_like(u);
  for_rows(g.numel(), 1, [&, a = room(gate_grad), b = room(up_grad)](int64_t begin, int64_t end) {
    cpu_kernels().gate_grad(data(g) + begin, data(u) + begin, data(from) + begin, a + begin,
                            b + begin, end - begin, gelu);
  });
  return {gate_grad, up_grad};
}

}  // namespace tuneval
