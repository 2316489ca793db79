#include "decode.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>
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

/// One node that keeps x and one number a row; composed of ATen's operators it would keep three
/// tensors of x's size.
struct RmsNormFunction : torch::autograd::Function<RmsNormFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, double eps,
                        bool beyond_one) {
    const Tensor wide = x.to(at::kFloat);
    const Tensor scale = at::rsqrt((wide * wide).mean(-1, /*keepdim=*/true).add_(eps));
    context->save_for_backward({x, weight, scale});
    context->saved_data["beyond_one"] = beyond_one;
    if (beyond_one) return (wide * scale).mul_(weight.to(at::kFloat) + 1).to(x.scalar_type());
    return (wide * scale).to(x.scalar_type()).mul_(weight);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &scale = saved[2];
    const Tensor normed = x.to(at::kFloat) * scale;
    const Tensor grad = grads[0].to(at::kFloat);
    Tensor weight_grad, x_grad;
    if (context->needs_input_grad(1)) {
      weight_grad = (grad * normed).flatten(0, -2).sum(0).to(weight.scalar_type());
    }
    if (context->needs_input_grad(0)) {
      const bool beyond_one = context->saved_data["beyond_one"].toBool();
      const Tensor g = grad * (weight.to(at::kFloat) + (beyond_one ? 1 : 0));
      const Tensor along = (g * normed).mean(-1, /*keepdim=*/true);
      x_grad = ((g - normed * along) * scale).to(x.scalar_type());
    }
    return {x_grad, weight_grad, Tensor(), Tensor()};
  }
};

Tensor activated(const Tensor& gate, bool gelu) {
  return gelu ? at::gelu(gate, "tanh") : at::silu(gate);
}

/// activation(gate) · up, keeping the two inputs only.
struct GateFunction : torch::autograd::Function<GateFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& gate, const Tensor& up, bool gelu) {
    context->save_for_backward({gate, up});
    context->saved_data["gelu"] = gelu;
    return activated(gate, gelu).mul_(up);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto saved = context->get_saved_variables();
    const Tensor &gate = saved[0], &up = saved[1], &grad = grads[0];
    const bool gelu = context->saved_data["gelu"].toBool();
    const Tensor through = grad * up;
    return {gelu ? at::gelu_backward(through, gate, "tanh") : at::silu_backward(through, gate),
            activated(gate, gelu).mul_(grad), Tensor()};
  }
};

}  // namespace

RmsNorm::RmsNorm(int64_t width, double eps, NormWeight kind) : eps_(eps), kind_(kind) {
  weight = register_parameter("weight", new_parameter({width}), /*requires_grad=*/false);
}
RmsNorm::~RmsNorm() = default;

Tensor RmsNorm::forward(const Tensor& x) {
  if (decodes(x) && weight.scalar_type() == at::kFloat) {
    return decode_norm(x, weight, 1.0 - neutral_weight(), eps_);
  }
  return RmsNormFunction::apply(x, weight, eps_, kind_ == NormWeight::beyond_one);
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

Tensor GatedMlp::forward(const Tensor& x) {
  const Tensor gate = gate_->forward(x), up = up_->forward(x);
  if (decodes(gate)) return down_->forward(decode_gate(gate, up, activation_));
  return down_->forward(GateFunction::apply(gate, up, activation_ == Activation::gelu_tanh));
}

}  // namespace tuneval
