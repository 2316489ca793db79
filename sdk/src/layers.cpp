#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>
#include <torch/csrc/autograd/custom_function.h>

namespace tuneval {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Embedding::Embedding(int64_t vocabulary, int64_t width) {
  weight =
      register_parameter("weight", new_parameter({vocabulary, width}), /*requires_grad=*/false);
}
Embedding::~Embedding() = default;

Tensor Embedding::forward(const Tensor& ids) { return at::embedding(weight, ids); }
Tensor Embedding::project(const Tensor& hidden) { return at::linear(hidden, weight); }

namespace {

/// One node that keeps x and one number a row; composed of ATen's operators it would keep three
/// tensors of x's size.
struct RmsNormFunction : torch::autograd::Function<RmsNormFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        double eps) {
    const Tensor wide = x.to(at::kFloat);
    const Tensor scale = at::rsqrt((wide * wide).mean(-1, /*keepdim=*/true).add_(eps));
    context->save_for_backward({x, weight, scale});
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
      const Tensor g = grad * weight.to(at::kFloat);
      const Tensor along = (g * normed).mean(-1, /*keepdim=*/true);
      x_grad = ((g - normed * along) * scale).to(x.scalar_type());
    }
    return {x_grad, weight_grad, Tensor()};
  }
};

/// silu(gate) · up, keeping the two inputs only.
struct GateFunction : torch::autograd::Function<GateFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& gate, const Tensor& up) {
    context->save_for_backward({gate, up});
    return at::silu(gate).mul_(up);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto saved = context->get_saved_variables();
    const Tensor &gate = saved[0], &up = saved[1], &grad = grads[0];
    return {at::silu_backward(grad * up, gate), at::silu(gate).mul_(grad)};
  }
};

}  // namespace

RmsNorm::RmsNorm(int64_t width, double eps) : eps_(eps) {
  weight = register_parameter("weight", new_parameter({width}), /*requires_grad=*/false);
}
RmsNorm::~RmsNorm() = default;

Tensor RmsNorm::forward(const Tensor& x) { return RmsNormFunction::apply(x, weight, eps_); }

GatedMlp::GatedMlp(int64_t width, int64_t inner, bool bias) {
  gate_proj_ = register_module("gate_proj", std::make_shared<Linear>(width, inner, bias));
  up_proj_ = register_module("up_proj", std::make_shared<Linear>(width, inner, bias));
  down_proj_ = register_module("down_proj", std::make_shared<Linear>(inner, width, bias));
}
GatedMlp::~GatedMlp() = default;

Tensor GatedMlp::forward(const Tensor& x) {
  return down_proj_->forward(GateFunction::apply(gate_proj_->forward(x), up_proj_->forward(x)));
}

}  // namespace tuneval
