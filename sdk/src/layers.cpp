#include "row_ops.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <torch/csrc/autograd/custom_function.h>

namespace tuneval {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Embedding::Embedding(int64_t vocabulary, int64_t width)
    : dtype_(c10::typeMetaToScalarType(build_options().dtype())) {
  weight =
      register_parameter("weight", new_parameter({vocabulary, width}), /*requires_grad=*/false);
}
Embedding::~Embedding() = default;

Tensor Embedding::forward(const Tensor& ids) { return at::embedding(weight, ids).to(dtype_); }
Tensor Embedding::project(const Tensor& hidden) { return product(hidden, weight); }

namespace {

/// One node that keeps x; composed of ATen's operators it would keep three tensors of x's size.
struct RmsNormFunction : torch::autograd::Function<RmsNormFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, double eps,
                        bool beyond_one) {
    context->save_for_backward({x, weight});
    context->saved_data["eps"] = eps;
    context->saved_data["beyond_one"] = beyond_one;
    return norm_rows(x, weight, eps, beyond_one);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const double eps = context->saved_data["eps"].toDouble();
    const bool beyond_one = context->saved_data["beyond_one"].toBool();
    Tensor weight_grad, x_grad;
    if (context->needs_input_grad(1)) {
      const Tensor one = at::ones_like(weight);
      const Tensor normed = norm_rows(x, one, eps, /*beyond_one=*/false);
      weight_grad = (grads[0] * normed).flatten(0, -2).sum(0).to(weight.scalar_type());
    }
    if (context->needs_input_grad(0)) {
      x_grad = norm_rows_grad(x, weight, eps, beyond_one, grads[0]);
    }
    return {x_grad, weight_grad, Tensor(), Tensor()};
  }
};

/// activation(gate) · up, keeping the two inputs only.
struct GateFunction : torch::autograd::Function<GateFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& gate, const Tensor& up, bool gelu) {
    context->save_for_backward({gate, up});
    context->saved_data["gelu"] = gelu;
    return gate_rows(gate, up, gelu);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto saved = context->get_saved_variables();
    const bool gelu = context->saved_data["gelu"].toBool();
    auto [gate_grad, up_grad] = gate_rows_grad(saved[0], saved[1], gelu, grads[0]);
    return {gate_grad, up_grad, Tensor()};
  }
};

// How a layer's input is made again, from a norm's parts {x, weight, eps} or a gate's {gate, up}.
template <bool beyond_one>
Tensor norm_again(const std::vector<Tensor>& parts) {
  return norm_rows(parts[0], parts[1], parts[2].item<double>(), beyond_one);
}
template <bool gelu>
Tensor gate_again(const std::vector<Tensor>& parts) {
  return gate_rows(parts[0], parts[1], gelu);
}

}  // namespace

RmsNorm::RmsNorm(int64_t width, double eps, NormWeight kind) : eps_(eps), kind_(kind) {
  weight = register_parameter("weight", new_parameter({width}), /*requires_grad=*/false);
}
RmsNorm::~RmsNorm() = default;

Tensor RmsNorm::forward(const Tensor& x) {
  const bool beyond_one = kind_ == NormWeight::beyond_one;
  if (!at::GradMode::is_enabled()) return norm_rows(x, weight, eps_, beyond_one);
  return RmsNormFunction::apply(x, weight, eps_, beyond_one);
}

LayerInput RmsNorm::input(const Tensor& x) {
  Tensor y = forward(x);
  if (!y.requires_grad() || weight.requires_grad()) return y;
  const bool beyond_one = kind_ == NormWeight::beyond_one;
  const Tensor eps = at::scalar_tensor(eps_, at::TensorOptions(at::kDouble));
  return {y, {x.detach(), weight, eps}, beyond_one ? &norm_again<true> : &norm_again<false>};
}

GatedMlp::GatedMlp(int64_t width, int64_t inner, const GatedMlpOptions& options)
    : activation_(options.activation) {
  const auto linear = [&](const char* name, int64_t in, int64_t out) {
    return register_module(name, std::make_shared<Linear>(in, out, options.bias));
  };
  gate_ = linear(options.gate, width, inner);
  up_ = linear(options.up, width, inner);
  down_ = linear(options.down, inner, width);
}
GatedMlp::~GatedMlp() = default;

Tensor GatedMlp::forward(const LayerInput& x) {
  const auto projected = project(x, {gate_.get(), up_.get()});
  const Tensor &gate = projected[0], &up = projected[1];
  const bool gelu = activation_ == Activation::gelu_tanh;
  if (!at::GradMode::is_enabled()) return down_->forward(gate_rows(gate, up, gelu));
  const Tensor y = GateFunction::apply(gate, up, gelu);
  if (!y.requires_grad()) return down_->forward(y);
  return down_->forward(
      {y, {gate.detach(), up.detach()}, gelu ? &gate_again<true> : &gate_again<false>});
}

}  // namespace tuneval
