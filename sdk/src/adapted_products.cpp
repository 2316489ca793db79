#include "adapted_products.h"

#include "decode.h"
#include "frozen_product.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

namespace tuneval {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// One layer as the node knows it. `weight` learns nothing.
struct Layer {
  Tensor weight, bias;
  double scale = 0.0;  // of the adapter's product
  bool adapted = false;
};

struct Group : torch::CustomClassHolder {
  std::vector<Layer> layers;
  size_t adapters = 0;
  Tensor (*make)(const std::vector<Tensor>&) = nullptr;  // of the input; none: it is kept itself
};
using GroupPtr = c10::intrusive_ptr<Group>;

struct AdaptedProducts : torch::autograd::Function<AdaptedProducts> {
  /// `adapters`: A and B of every layer that has one, in turn.
  static variable_list forward(AutogradContext* context, const Tensor& x, at::TensorList adapters,
                               const LayerInput& input, const GroupPtr& group) {
    variable_list products;
    std::vector<Tensor> kept = adapters.vec();
    const Tensor* next = adapters.begin();
    for (const Layer& layer : group->layers) {
      Tensor y = frozen_product(x, layer.weight);
      if (layer.bias.defined()) y.add_(layer.bias);
      if (layer.adapted) {
        const Tensor &a = *next++, &b = *next++;
        kept.push_back(at::mm(x, a.t()));
        y.addmm_(kept.back(), b.t(), 1, layer.scale);
      }
      products.push_back(std::move(y));
    }
    group->adapters = adapters.size() / 2;
    if (group->adapters > 0) {
      if (input.parts.empty()) kept.push_back(x);
      kept.insert(kept.end(), input.parts.begin(), input.parts.end());
    }
    context->save_for_backward(std::move(kept));
    context->saved_data["group"] = c10::IValue::make_capsule(group);
    return products;
  }

  /// Gradients of x, of A and B in turn, and of the two that are not tensors.
  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto capsule = context->saved_data["group"].toCapsule();
    const Group& group = *static_cast<const Group*>(capsule.get());
    const auto kept = context->get_saved_variables();
    const Tensor x = input_again(group, kept);
    const bool learns_below = context->needs_input_grad(0);
    Tensor x_grad;
    variable_list all(1 + 2 * group.adapters + 2);
    size_t adapter = 0;
    for (size_t i = 0; i < group.layers.size(); ++i) {
      const Layer& layer = group.layers[i];
      const Tensor& grad = grads[i];
      const size_t at = adapter;
      adapter += layer.adapted;
      if (!grad.defined()) continue;
      if (learns_below) add_frozen_product(x_grad, grad, layer.weight);
      if (!layer.adapted) continue;
      const Tensor &a = kept[2 * at], &b = kept[2 * at + 1], &low = kept[2 * group.adapters + at];
      const Tensor low_grad = at::mm(grad, b).mul_(layer.scale);
      all[1 + 2 * at] = at::mm(low_grad.t(), x);
      all[2 + 2 * at] = at::mm(grad.t(), low).mul_(layer.scale);
      if (learns_below) add_product(x_grad, low_grad, a);
    }
    all[0] = x_grad;
    return all;
  }

 private:
  static Tensor input_again(const Group& group, const variable_list& kept) {
    if (group.adapters == 0) return {};
    const size_t begin = 3 * group.adapters;
    if (!group.make) return kept[begin];
    return group.make({kept.begin() + int64_t(begin), kept.end()});
  }

};

bool fits(const Tensor& x, const Linear& linear) {
  if (linear.weight.requires_grad()) return false;
  if (!linear.adapter()) return true;
  const Adapter& adapter = *linear.adapter();
  return adapter.a.scalar_type() == x.scalar_type() &&
         !(adapter.dropout > 0 && linear.is_training());
}

}  // namespace

bool fits_adapted_products(const Tensor& x, std::initializer_list<Linear*> linears) {
  if (x.dim() != 2 || decodes(x)) return false;
  return std::ranges::all_of(linears, [&](const Linear* linear) {
    const bool bias_learns = linear->bias.defined() && linear->bias.requires_grad();
    return fits(x, *linear) && !bias_learns;
  });
}

std::vector<Tensor> adapted_products(const LayerInput& x, std::initializer_list<Linear*> linears) {
  const auto group = c10::make_intrusive<Group>();
  std::vector<Tensor> adapters;
  for (const Linear* linear : linears) {
    Layer layer{linear->weight, linear->bias, 0.0, linear->adapter().has_value()};
    if (layer.adapted) {
      adapters.push_back(linear->adapter()->a);
      adapters.push_back(linear->adapter()->b);
      layer.scale = linear->adapter()->scale;
    }
    group->layers.push_back(std::move(layer));
  }
  group->make = x.make;
  return AdaptedProducts::apply(x.value, at::TensorList(adapters), x, group);
}

}  // namespace tuneval
