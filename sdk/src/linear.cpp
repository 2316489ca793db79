#include "tuneval/layers/linear.h"

#include "adapted_products.h"
#include "decode.h"
#include "frozen_product.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace tuneval {

namespace {

/// A product with a weight that learns nothing and is stored narrower than x; no wide copy of it is
/// kept for the way back.
struct FrozenProduct : torch::autograd::Function<FrozenProduct> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& weight) {
    context->save_for_backward({weight});
    return frozen_product(x, weight);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    at::Tensor x_grad;
    add_frozen_product(x_grad, grads[0], context->get_saved_variables()[0]);
    return {x_grad, at::Tensor()};
  }
};

}  // namespace

at::Tensor product(const at::Tensor& x, const at::Tensor& weight) {
  if (decode_product_fits(x, weight)) return decode_product(x, weight);
  if (x.scalar_type() == weight.scalar_type()) return at::linear(x, weight);
  if (weight.requires_grad()) return at::linear(x, weight.to(x.scalar_type()));
  return FrozenProduct::apply(x, weight);
}

namespace {

std::vector<at::Tensor> plain_products(const at::Tensor& x,
                                       const std::vector<at::Tensor>& weights) {
  const bool decodes = std::ranges::all_of(
      weights, [&](const at::Tensor& weight) { return decode_product_fits(x, weight); });
  if (decodes) return decode_products(x, weights);
  std::vector<at::Tensor> products;
  for (const at::Tensor& weight : weights) products.push_back(product(x, weight));
  return products;
}

}  // namespace

at::Tensor merged_weight(const at::Tensor& weight, const Adapter& adapter) {
  const at::NoGradGuard no_grad;
  const auto options = weight.options().dtype(at::kFloat);
  const at::Tensor delta = at::mm(adapter.b.to(options), adapter.a.to(options));
  return at::add(weight.to(options), delta, adapter.scale);
}

Linear::Linear(int64_t in, int64_t out, bool with_bias)
    : dtype_(c10::typeMetaToScalarType(build_options().dtype())) {
  weight = register_parameter("weight", new_parameter({out, in}), /*requires_grad=*/false);
  if (with_bias) bias = register_parameter("bias", new_parameter({out}), /*requires_grad=*/false);
}

Linear::~Linear() = default;

at::Tensor Linear::forward(const LayerInput& x) { return project(x, {this}).front(); }

std::vector<at::Tensor> project(const LayerInput& x, std::initializer_list<Linear*> linears) {
  if (fits_adapted_products(x.value, linears)) return adapted_products(x, linears);
  std::vector<at::Tensor> weights, results;
  for (const Linear* linear : linears) weights.push_back(linear->weight);
  std::vector<at::Tensor> products = plain_products(x.value, weights);
  size_t next = 0;
  for (Linear* linear : linears) {
    results.push_back(linear->complete(x.value, std::move(products[next++])));
  }
  return results;
}

/// Adds bias and adapter to the weight's own product, by ATen's operators: where the weight itself
/// learns, inputs are dropped, dtypes differ or rows are few.
at::Tensor Linear::complete(const at::Tensor& x, at::Tensor y) {
  if (bias.defined()) y = y.add_(bias);
  if (!adapter_) return y;
  const bool drops = adapter_->dropout > 0 && is_training();
  const auto dtype = adapter_->a.scalar_type();
  const at::Tensor low =
      product((drops ? at::dropout(x, adapter_->dropout, true) : x).to(dtype), adapter_->a);
  const bool fused = dtype == y.scalar_type() && !decode_product_fits(low, adapter_->b);
  if (fused) return y.addmm_(low, adapter_->b.t(), 1, adapter_->scale);
  return y.add_(product(low, adapter_->b).to(y.scalar_type()), adapter_->scale);
}

void Linear::attach(Adapter adapter) {
  if (adapter_) throw Error("Linear::attach: there is an adapter already");
  const bool fits = adapter.a.dim() == 2 && adapter.b.dim() == 2 &&
                    adapter.a.size(1) == in_features() && adapter.b.size(0) == out_features() &&
                    adapter.a.size(0) == adapter.b.size(1);
  if (!fits) {
    throw Error(fmt::format("Linear::attach: expected A [r, {}] and B [{}, r]", in_features(),
                            out_features()));
  }
  adapter.a = register_parameter("lora_A", adapter.a);
  adapter.b = register_parameter("lora_B", adapter.b);
  adapter_ = std::move(adapter);
}

void Linear::detach_adapter() {
  if (!adapter_) return;
  unregister_module_parameters();
  adapter_.reset();
}

void Linear::merge_adapter() {
  if (!adapter_) return;
  weight.set_data(merged_weight(weight, *adapter_).to(dtype_));
  detach_adapter();
}

void Linear::unregister_module_parameters() {
  parameters_.erase("lora_A");
  parameters_.erase("lora_B");
}

}  // namespace tuneval
