#include "attention_kernel.h"

#include "attention_fused.h"
#include "block_attention.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu_backward.h>

#include <limits>

namespace tuneval {

namespace {

using at::Tensor;

/// The heads that share a key head lie beside each other. Where every key is visible they are
/// stacked as further queries of that one head, so keys are neither repeated nor read twice; where
/// a mask or the triangle depends on the query, keys are repeated for each head. Where the kernel
/// itself finds a head's keys (`as_they_are`), neither is done.
struct Heads {
  Heads(const Tensor& q, const Tensor& k, const AttentionGroup& group, bool as_they_are)
      : pairs(q.size(0)),
        queries(q.size(1)),
        heads(q.size(2)),
        kv_heads(k.size(2)),
        dim(q.size(3)),
        shared(as_they_are ? 1 : heads / kv_heads),
        stacked(shared > 1 && !group.causal && !group.visible.defined()) {}

  /// [pairs, queries, heads, dim] → [pairs, heads', queries', dim]
  Tensor fold(const Tensor& x) const {
    if (!stacked) return x.transpose(1, 2);
    return x.view({pairs, queries, kv_heads, shared, dim})
        .permute({0, 2, 3, 1, 4})
        .reshape({pairs, kv_heads, shared * queries, dim});
  }
  Tensor unfold(const Tensor& x) const {
    if (!stacked) return x.transpose(1, 2);
    return x.reshape({pairs, kv_heads, shared, queries, dim})
        .permute({0, 3, 1, 2, 4})
        .reshape({pairs, queries, heads, dim});
  }
  /// lse [pairs, queries, heads] ↔ [pairs, heads', queries']
  Tensor fold_lse(const Tensor& x) const {
    if (!stacked) return x.transpose(1, 2);
    return x.reshape({pairs, queries, kv_heads, shared})
        .permute({0, 2, 3, 1})
        .reshape({pairs, kv_heads, shared * queries});
  }
  Tensor unfold_lse(const Tensor& x) const {
    if (!stacked) return x.transpose(1, 2);
    return x.reshape({pairs, kv_heads, shared, queries})
        .permute({0, 3, 1, 2})
        .reshape({pairs, queries, heads});
  }
  /// [pairs, keys, kv_heads, dim] → [pairs, heads', keys, dim]
  Tensor repeat(const Tensor& x) const {
    if (stacked || shared == 1) return x.transpose(1, 2);
    return x.transpose(1, 2)
        .unsqueeze(2)
        .expand({pairs, kv_heads, shared, x.size(1), dim})
        .reshape({pairs, heads, x.size(1), dim});
  }
  /// The gradient of `repeat`.
  Tensor sum(const Tensor& x) const {
    if (stacked || shared == 1) return x.transpose(1, 2);
    return x.reshape({pairs, kv_heads, shared, x.size(2), dim}).sum(2).transpose(1, 2);
  }

  int64_t pairs, queries, heads, kv_heads, dim, shared;
  bool stacked;
};

/// 0 where visible, −∞ where not: [pairs, 1, queries, keys]; undefined when nothing is hidden.
Tensor additive_mask(const AttentionGroup& group, at::ScalarType dtype, at::Device device) {
  Tensor visible = group.visible;
  if (group.causal && !visible.defined()) {
    visible =
        at::ones({1, group.queries, group.keys}, at::TensorOptions(device).dtype(at::kBool)).tril();
  }
  if (!visible.defined()) return {};
  Tensor mask = at::zeros(visible.sizes(), at::TensorOptions(device).dtype(dtype));
  mask.masked_fill_(visible.logical_not(), -std::numeric_limits<double>::infinity());
  return mask.unsqueeze(1);
}

std::optional<Tensor> cpu_mask(const AttentionGroup& group, const Tensor& q) {
  if (!group.visible.defined()) return std::nullopt;  // the kernel knows the triangle by itself
  return additive_mask(group, q.scalar_type(), q.device());
}

/// Stacked heads fill the tiles of a flash kernel better than the few queries of one; the triangle
/// forbids it.
bool finds_keys(FusedKernel fused, const AttentionGroup& group) {
  return fused == FusedKernel::flash && group.causal;
}

/// Scores in float32, for devices and shapes without a kernel that gives the log-sum-exp.
Tensor scores(const Tensor& q, const Tensor& k, const AttentionGroup& group, double scale) {
  Tensor s = at::matmul(q.to(at::kFloat), k.to(at::kFloat).transpose(-1, -2)) * scale;
  const Tensor mask = additive_mask(group, at::kFloat, q.device());
  return mask.defined() ? s.add_(mask) : s;
}

}  // namespace

std::tuple<Tensor, Tensor> attention_forward(const Tensor& q, const Tensor& k, const Tensor& v,
                                             const AttentionGroup& group, double scale) {
  if (block_attention_fits(q, k)) return block_attention(q, k, v, group, scale);
  const FusedKernel fused = fused_kernel(q, group);
  const Heads heads(q, k, group, finds_keys(fused, group));
  const Tensor fq = heads.fold(q), fk = heads.repeat(k), fv = heads.repeat(v);
  if (q.is_cpu()) {
    auto [out, lse] = at::_scaled_dot_product_flash_attention_for_cpu(fq, fk, fv, 0.0, group.causal,
                                                                      cpu_mask(group, q), scale);
    return {heads.unfold(out), heads.unfold_lse(lse)};
  }
  if (fused != FusedKernel::none) {
    auto [out, lse] = fused_forward(fused, fq, fk, fv, group, scale);
    return {heads.unfold(out), heads.unfold_lse(lse)};
  }
  const Tensor s = scores(fq, fk, group, scale);
  const Tensor lse = s.logsumexp(-1);
  const Tensor out = at::matmul(at::exp(s - lse.unsqueeze(-1)), fv.to(at::kFloat));
  return {heads.unfold(out.to(q.scalar_type())), heads.unfold_lse(lse)};
}

std::tuple<Tensor, Tensor, Tensor> attention_backward(const Tensor& grad, const Tensor& q,
                                                      const Tensor& k, const Tensor& v,
                                                      const Tensor& out, const Tensor& lse,
                                                      const AttentionGroup& group, double scale) {
  if (block_attention_fits(q, k)) {
    return block_attention_back(grad, q, k, v, out, lse, group, scale);
  }
  const FusedKernel fused = fused_kernel(q, group);
  const Heads heads(q, k, group, finds_keys(fused, group));
  const Tensor fq = heads.fold(q), fk = heads.repeat(k), fv = heads.repeat(v);
  const Tensor fgrad = heads.fold(grad), fout = heads.fold(out), flse = heads.fold_lse(lse);
  if (q.is_cpu()) {
    auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
        fgrad, fq, fk, fv, fout, flse, 0.0, group.causal, cpu_mask(group, q), scale);
    return {heads.unfold(dq), heads.sum(dk), heads.sum(dv)};
  }
  if (fused != FusedKernel::none) {
    auto [dq, dk, dv] = fused_backward(fused, fgrad, fq, fk, fv, fout, flse, group, scale);
    return {heads.unfold(dq), heads.sum(dk), heads.sum(dv)};
  }
  const Tensor p = at::exp(scores(fq, fk, group, scale) - flse.unsqueeze(-1));
  const Tensor g = fgrad.to(at::kFloat);
  const Tensor delta = (g * fout.to(at::kFloat)).sum(-1, /*keepdim=*/true);
  const Tensor ds = p * (at::matmul(g, fv.to(at::kFloat).transpose(-1, -2)) - delta) * scale;
  const auto dtype = q.scalar_type();
  return {heads.unfold(at::matmul(ds, fk.to(at::kFloat)).to(dtype)),
          heads.sum(at::matmul(ds.transpose(-1, -2), fq.to(at::kFloat)).to(dtype)),
          heads.sum(at::matmul(p.transpose(-1, -2), g).to(dtype))};
}

}  // namespace tuneval
