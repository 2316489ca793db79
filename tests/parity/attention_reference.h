#pragma once

#include "tests/support/toy_models.h"
#include "tuneval/layers/attention.h"

#include <ATen/Functions.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

/// What attend() is compared with, and what it is given.

namespace tuneval::test {

/// bool [tokens, tokens]: a token sees itself and its ancestors, the last `window` of them.
inline at::Tensor visible_of(const Forest& forest, int64_t window) {
  const int64_t count = forest.tokens();
  at::Tensor visible = at::zeros({count, count}, at::kBool);
  bool* cell = visible.data_ptr<bool>();
  for (int64_t token = 0; token < count; ++token) {
    int64_t seen = 0;
    for (int64_t slot = token; slot >= 0 && (window == 0 || seen < window); ++seen) {
      cell[token * count + slot] = true;
      slot = forest.parent[size_t(slot)];
    }
  }
  return visible;
}

/// [tokens, heads · dim], every step written out.
inline at::Tensor masked_softmax(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                 const at::Tensor& visible, double scale) {
  const int64_t shared = q.size(1) / k.size(1);
  const at::Tensor keys = k.repeat_interleave(shared, 1).permute({1, 2, 0});    // [heads, dim,
                                                                                // tokens]
  const at::Tensor values = v.repeat_interleave(shared, 1).permute({1, 0, 2});  // [heads, tokens,
                                                                                // dim]
  const at::Tensor scores = at::matmul(q.permute({1, 0, 2}), keys) * scale;
  const at::Tensor hidden = scores.masked_fill(visible.logical_not().unsqueeze(0),
                                               -std::numeric_limits<double>::infinity());
  return at::matmul(hidden.softmax(-1), values).permute({1, 0, 2}).flatten(1);
}

struct AttentionInputs {
  AttentionInputs(int64_t tokens, int64_t heads, int64_t kv_heads, int64_t dim) {
    at::manual_seed(11);
    q = at::randn({tokens, heads, dim});
    k = at::randn({tokens, kv_heads, dim});
    v = at::randn({tokens, kv_heads, dim});
    grad = at::randn({tokens, heads * dim});
  }
  at::Tensor q, k, v, grad;
};

/// Of the largest value, or of 1 where all are smaller: the gradients of a window of one are zero,
/// as differences of numbers of that size.
inline double attention_difference(const at::Tensor& found, const at::Tensor& expected) {
  return relative_difference(found, expected, 1.0);
}

/// The largest difference of attend() and its gradients, over a whole forest in a format on a
/// device, from a masked softmax in float64 over the inputs as that format has them.
inline double difference_from_masked_softmax(const Forest& forest, const AttentionInputs& in,
                                             const AttentionOptions& options,
                                             at::TensorOptions where) {
  std::vector<at::Tensor> narrow, wide;
  for (const at::Tensor& one : {in.q, in.k, in.v, in.grad}) {
    narrow.push_back(one.to(where, /*non_blocking=*/false, /*copy=*/true));
    wide.push_back(narrow.back().to(at::TensorOptions(at::kCPU).dtype(at::kDouble)));
    if (narrow.size() == 4) break;
    narrow.back().requires_grad_();
    wide.back().requires_grad_();
  }
  const at::Tensor found = attend(narrow[0], narrow[1], narrow[2],
                                  make_batch(forest, where.device()), nullptr, 0, options);
  const at::Tensor expected =
      masked_softmax(wide[0], wide[1], wide[2], visible_of(forest, options.window), options.scale);
  torch::autograd::backward({found}, {narrow[3]});
  torch::autograd::backward({expected}, {wide[3]});
  double worst = attention_difference(found, expected);
  for (size_t i = 0; i < 3; ++i) {
    worst = std::max(worst, attention_difference(narrow[i].grad(), wide[i].grad()));
  }
  return worst;
}

}  // namespace tuneval::test
