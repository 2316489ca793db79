#include "frozen_product.h"

#include "tile_product.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include <algorithm>

namespace tuneval {

namespace {

using at::Tensor;

// Rows of a weight that are widened at once.
constexpr int64_t kPanel = 16384;

Tensor panel(const Tensor& weight, int64_t begin, at::ScalarType dtype) {
  return weight.narrow(0, begin, std::min(kPanel, weight.size(0) - begin)).to(dtype);
}

}  // namespace

void add_product(Tensor& total, const Tensor& left, const Tensor& right) {
  if (total.defined()) {
    total.addmm_(left, right);
  } else {
    total = at::mm(left, right);
  }
}

Tensor frozen_product(const Tensor& x, const Tensor& weight) {
  if (tile_product_fits(x, weight)) return tile_product(x, weight);
  if (weight.size(0) <= kPanel || weight.scalar_type() == x.scalar_type()) {
    return at::mm(x, weight.to(x.scalar_type()).t());
  }
  Tensor y = at::empty({x.size(0), weight.size(0)}, x.options());
  for (int64_t begin = 0; begin < weight.size(0); begin += kPanel) {
    const Tensor wide = panel(weight, begin, x.scalar_type());
    Tensor part = y.narrow(1, begin, wide.size(0));
    at::mm_out(part, x, wide.t());
  }
  return y;
}

void add_frozen_product(Tensor& total, const Tensor& grad, const Tensor& weight) {
  if (tile_product_back_fits(grad, weight)) return add_tile_product(total, grad, weight);
  if (weight.scalar_type() == grad.scalar_type()) return add_product(total, grad, weight);
  for (int64_t begin = 0; begin < weight.size(0); begin += kPanel) {
    const Tensor wide = panel(weight, begin, grad.scalar_type());
    add_product(total, grad.narrow(1, begin, wide.size(0)), wide);
  }
}

}  // namespace tuneval
