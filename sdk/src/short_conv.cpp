#include "tuneval/layers/short_conv.h"

#include "tuneval/layers/build_scope.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/zeros.h>

namespace tuneval {

using at::Tensor;

ShortConv::ShortConv(int64_t channels, int64_t taps, bool with_bias) {
  weight = register_parameter("weight", new_parameter({channels, 1, taps}),
                              /*requires_grad=*/false);
  if (with_bias) bias = register_parameter("bias", new_parameter({channels}), false);
}
ShortConv::~ShortConv() = default;

Tensor ShortConv::forward(const Tensor& x, const Batch& batch, Cache* cache, int64_t layer) {
  const int64_t past = weight.size(2) - 1;
  const Tensor taps = weight.squeeze(1);
  Tensor y = x * taps.select(1, past);
  if (bias.defined()) y = y + bias;
  if (past == 0) return y;
  const Tensor stored = cache ? cache->write(layer, 0, batch.slots, x) : x;
  const Tensor ancestors = batch.ancestors(past);  // [past, tokens]
  for (int64_t back = 1; back <= past; ++back) {
    const Tensor slots = ancestors.select(0, back - 1);
    // Before its tree begins a token sees zeros.
    const Tensor seen =
        stored.index_select(0, slots.clamp_min(0)).masked_fill(slots.lt(0).unsqueeze(1), 0);
    y = y + seen * taps.select(1, past - back);
  }
  return y;
}

}  // namespace tuneval
