#include "tuneval/layers/attention.h"

#include "attention_kernel.h"
#include "attention_plan.h"
#include "decode.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace tuneval {

namespace {

using at::Tensor;

// Shapes inside: q, out [tokens, heads, dim]; k, v [slots, kv_heads, dim]; lse [tokens, heads], the
// log of the sum of the exponentials of a query's scores.

Tensor take(const Tensor& x, int64_t begin, int64_t length, const Tensor& index) {
  return begin >= 0 ? x.narrow(0, begin, length) : x.index_select(0, index);
}

Tensor queries_of(const AttentionGroup& group, const Tensor& x) {
  auto part = take(x, group.query_begin, group.pairs * group.queries, group.query_index);
  std::vector<int64_t> shape = {group.pairs, group.queries};
  for (int64_t d = 1; d < x.dim(); ++d) shape.push_back(x.size(d));
  return part.reshape(shape);
}

Tensor keys_of(const AttentionGroup& group, const Tensor& x) {
  return take(x, group.key_begin, group.pairs * group.keys, group.key_index)
      .reshape({group.pairs, group.keys, x.size(1), x.size(2)});
}

/// Joins a group's result into what its queries have so far.
void join(const AttentionGroup& group, const Tensor& part, const Tensor& part_lse, Tensor& out,
          Tensor& lse) {
  Tensor flat = part.flatten(0, 1), flat_lse = part_lse.flatten(0, 1);
  if (group.own && group.query_begin >= 0) {
    out.narrow(0, group.query_begin, group.queries).copy_(flat);
    lse.narrow(0, group.query_begin, group.queries).copy_(flat_lse);
  } else if (group.own) {
    Tensor index = group.query_index;
    if (group.query_valid.defined()) {
      index = index.index_select(0, group.query_valid);
      flat = flat.index_select(0, group.query_valid);
      flat_lse = flat_lse.index_select(0, group.query_valid);
    }
    out.index_copy_(0, index, flat);
    lse.index_copy_(0, index, flat_lse);
  } else {
    Tensor o = out.narrow(0, group.query_begin, group.queries);
    Tensor l = lse.narrow(0, group.query_begin, group.queries);
    const Tensor joined = at::logaddexp(l, flat_lse);
    o.mul_(at::exp(l - joined).unsqueeze(-1).to(o.scalar_type()));
    o.addcmul_(flat, at::exp(flat_lse - joined).unsqueeze(-1).to(o.scalar_type()));
    l.copy_(joined);
  }
}

void join_groups(const std::vector<AttentionGroup>& groups, const Tensor& q, const Tensor& k,
                 const Tensor& v, double scale, Tensor& out, Tensor& lse) {
  for (const AttentionGroup& group : groups) {
    auto [part, part_lse] =
        attention_forward(queries_of(group, q), keys_of(group, k), keys_of(group, v), group, scale);
    join(group, part, part_lse, out, lse);
  }
}

void add_to(const Tensor& total, const Tensor& part, int64_t begin, const Tensor& index) {
  const Tensor flat = part.flatten(0, 1);
  if (begin >= 0) {
    total.narrow(0, begin, flat.size(0)).add_(flat);
  } else {
    total.index_add_(0, index, flat);
  }
}

/// Attention as one node of the graph: it keeps q, k, v, the result and the log-sum-exp, and
/// computes the scores again on the way back. With the joined result and log-sum-exp, each group's
/// own backward gives exactly its share of the gradients.
struct Attention : torch::autograd::Function<Attention> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& q, const Tensor& k,
                        const Tensor& v, std::shared_ptr<const AttentionPlan> plan, double scale) {
    Tensor out = at::empty_like(q);
    Tensor lse = at::empty({q.size(0), q.size(1)}, q.options().dtype(at::kFloat));
    join_groups(plan->groups, q, k, v, scale, out, lse);
    context->save_for_backward({q, k, v, out, lse});
    context->saved_data["scale"] = scale;
    context->saved_data["plan"] =
        c10::IValue::make_capsule(c10::make_intrusive<PlanHolder>(std::move(plan)));
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto saved = context->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2], &out = saved[3], &lse = saved[4];
    const double scale = context->saved_data["scale"].toDouble();
    const auto holder = context->saved_data["plan"].toCapsule();
    const AttentionPlan& plan = *static_cast<const PlanHolder*>(holder.get())->plan;
    const Tensor grad = grads[0].contiguous();
    Tensor dq = at::zeros_like(q), dk = at::zeros_like(k), dv = at::zeros_like(v);
    for (const AttentionGroup& group : plan.groups) {
      Tensor part_grad = queries_of(group, grad);
      if (group.query_valid.defined()) {  // a pad's gradient is nothing
        Tensor flat = part_grad.flatten(0, 1), kept = at::zeros_like(flat);
        kept.index_copy_(0, group.query_valid, flat.index_select(0, group.query_valid));
        part_grad = kept.view_as(part_grad);
      }
      auto [gq, gk, gv] =
          attention_backward(part_grad, queries_of(group, q), keys_of(group, k), keys_of(group, v),
                             queries_of(group, out), queries_of(group, lse), group, scale);
      add_to(dq, gq, group.query_begin, group.query_index);
      add_to(dk, gk, group.key_begin, group.key_index);
      add_to(dv, gv, group.key_begin, group.key_index);
    }
    return {dq, dk, dv, Tensor(), Tensor()};
  }

  struct PlanHolder : torch::CustomClassHolder {
    explicit PlanHolder(std::shared_ptr<const AttentionPlan> kept) : plan(std::move(kept)) {}
    std::shared_ptr<const AttentionPlan> plan;
  };
};

}  // namespace

Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const Batch& batch, Cache* cache,
              int64_t layer, const AttentionOptions& options) {
  if (!cache) {
    return Attention::apply(q.contiguous(), k.contiguous(), v.contiguous(),
                            batch.plan(options.window), options.scale)
        .flatten(1);
  }
  const Tensor keys = cache->write(layer, 0, batch.slots, k);
  const Tensor values = cache->write(layer, 1, batch.slots, v);
  const bool few = q.is_cpu() && q.scalar_type() == at::kFloat && c10::InferenceMode::is_enabled();
  const auto decoding = few ? batch.decode_plan(options.window) : nullptr;
  Tensor out = at::empty_like(q, at::MemoryFormat::Contiguous);
  Tensor lse = at::empty({q.size(0), q.size(1)}, q.options().dtype(at::kFloat));
  if (decoding) {
    decode_attention(*decoding, q, keys, values, options.scale, out, lse);
    join_groups(decoding->shared, q, keys, values, options.scale, out, lse);
  } else {
    join_groups(batch.plan(options.window)->groups, q, keys, values, options.scale, out, lse);
  }
  return out.flatten(1);
}

}  // namespace tuneval
