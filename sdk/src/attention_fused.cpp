#include "attention_fused.h"

#include <ATen/SDPBackend.h>
#include <ATen/ops/_fused_sdp_choice.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention_backward.h>
#include <ATen/ops/_scaled_dot_product_flash_attention.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/InferenceMode.h>

#include <limits>
#include <map>

namespace tuneval {

namespace {

using at::Tensor;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// What the efficient kernel asks of shapes: rows of a mask begin at multiples of so many elements,
// and its way back reads the log-sum-exp in runs of so many queries.
constexpr int64_t kMaskAlignment = 16, kLseAlignment = 32;

int64_t rounded_up(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

/// What LibTorch itself would take for queries of this device, format and head size. It is asked
/// once for each, as for training, which asks for more than a pass forward alone.
at::SDPBackend backend_for(const Tensor& q) {
  using Kind = std::tuple<at::DeviceIndex, at::ScalarType, int64_t>;
  thread_local std::map<Kind, at::SDPBackend> known;
  const auto [found, is_new] = known.try_emplace(
      Kind{q.device().index(), q.scalar_type(), q.size(-1)}, at::SDPBackend::math);
  if (is_new) {
    const c10::InferenceMode with_gradients(false);
    const Tensor some = at::empty({1, 1, 64, q.size(-1)}, q.options()).requires_grad_();
    found->second = at::SDPBackend(at::_fused_sdp_choice(some, some, some));
  }
  return found->second;
}

/// 0 where visible, −∞ where not, for every head; undefined where nothing is hidden.
Tensor mask_of(const AttentionGroup& group, const Tensor& q) {
  if (!group.visible.defined()) return {};
  const int64_t room = rounded_up(group.keys, kMaskAlignment);
  Tensor mask =
      at::empty({group.pairs, 1, group.queries, room}, q.options()).narrow(3, 0, group.keys);
  mask.zero_().masked_fill_(group.visible.logical_not().unsqueeze(1), -kInfinity);
  return mask.expand({group.pairs, q.size(1), group.queries, group.keys});
}

/// The same numbers, stored query by query, as the kernels leave their results.
Tensor by_queries(const Tensor& x) { return x.transpose(1, 2).contiguous().transpose(1, 2); }

/// A query that is none has a log-sum-exp of +∞: its weights are zero.
Tensor padded_lse(const Tensor& lse) {
  Tensor padded = at::full({lse.size(0), lse.size(1), rounded_up(lse.size(2), kLseAlignment)},
                           kInfinity, lse.options());
  padded.narrow(2, 0, lse.size(2)).copy_(lse);
  return padded;
}

}  // namespace

FusedKernel fused_kernel(const Tensor& q, const AttentionGroup& group) {
  if (!q.is_cuda() || q.size(-1) % 8 != 0) return FusedKernel::none;
  switch (backend_for(q)) {
    // cuDNN's is LibTorch's choice on some GPUs, all of which have the other two as well.
    case at::SDPBackend::flash_attention:
    case at::SDPBackend::cudnn_attention:
      return group.visible.defined() ? FusedKernel::efficient : FusedKernel::flash;
    case at::SDPBackend::efficient_attention: return FusedKernel::efficient;
    default: return FusedKernel::none;
  }
}

std::tuple<Tensor, Tensor> fused_forward(FusedKernel kernel, const Tensor& q, const Tensor& k,
                                         const Tensor& v, const AttentionGroup& group,
                                         double scale) {
  if (kernel == FusedKernel::flash) {
    const auto all = at::_scaled_dot_product_flash_attention(
        q, k, v, /*dropout_p=*/0.0, group.causal, /*return_debug_mask=*/false, scale);
    return {std::get<0>(all), std::get<1>(all)};
  }
  const Tensor mask = mask_of(group, q);
  const auto all = at::_scaled_dot_product_efficient_attention(
      q, k, v, mask.defined() ? std::optional(mask) : std::nullopt, /*compute_log_sumexp=*/true,
      /*dropout_p=*/0.0, group.causal, scale);
  return {std::get<0>(all), std::get<1>(all).narrow(2, 0, q.size(2))};
}

std::tuple<Tensor, Tensor, Tensor> fused_backward(FusedKernel kernel, const Tensor& grad,
                                                  const Tensor& q, const Tensor& k, const Tensor& v,
                                                  const Tensor& out, const Tensor& lse,
                                                  const AttentionGroup& group, double scale) {
  // Where the random numbers of dropout began: there is none.
  const Tensor seed = at::empty({}, q.options().dtype(at::kLong));
  if (kernel == FusedKernel::flash) {
    return at::_scaled_dot_product_flash_attention_backward(
        grad, q, k, v, out, lse.contiguous(), /*cum_seq_q=*/Tensor(), /*cum_seq_k=*/Tensor(),
        q.size(2), k.size(2), /*dropout_p=*/0.0, group.causal, seed, seed, scale);
  }
  const auto all = at::_scaled_dot_product_efficient_attention_backward(
      grad, q, k, v, mask_of(group, q), by_queries(out), padded_lse(lse), seed, seed,
      /*dropout_p=*/0.0, {true, true, true, false}, group.causal, scale);
  return {std::get<0>(all), std::get<1>(all), std::get<2>(all)};
}

}  // namespace tuneval
