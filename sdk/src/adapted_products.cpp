#include "adapted_products.h"

#include "decode.h"
#include "frozen_product.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
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

/// Matrices below each other: one product in place of one each.
Tensor stacked(const std::vector<Tensor>& matrices) {
  return matrices.size() == 1 ? matrices.front() : at::cat(matrices);
}

/// Kept for the way back: A and B of every adapter in turn, x Aᵀ of all of them beside each other,
/// and the input or its parts.
struct AdaptedProducts : torch::autograd::Function<AdaptedProducts> {
  /// `adapters`: A and B of every layer that has one, in turn.
  static variable_list forward(AutogradContext* context, const Tensor& x, at::TensorList adapters,
                               const LayerInput& input, const GroupPtr& group) {
    std::vector<Tensor> kept = adapters.vec();
    group->adapters = adapters.size() / 2;
    Tensor low;
    if (group->adapters > 0) {
      low = at::mm(x, stacked(every_second(adapters)).t());
      kept.push_back(low);
      if (!input.make) kept.push_back(x);
      kept.insert(kept.end(), input.parts.begin(), input.parts.end());
    }
    variable_list products;
    size_t adapter = 0;
    int64_t column = 0;
    for (const Layer& layer : group->layers) {
      Tensor y = frozen_product(x, layer.weight);
      if (layer.bias.defined()) y.add_(layer.bias);
      if (layer.adapted) {
        const Tensor& b = adapters[2 * adapter++ + 1];
        y.addmm_(low.narrow(1, column, b.size(1)), b.t(), 1, layer.scale);
        column += b.size(1);
      }
      products.push_back(std::move(y));
    }
    context->set_materialize_grads(false);  // of a product that nobody used
    context->save_for_backward(std::move(kept));
    context->saved_data["group"] = c10::IValue::make_capsule(group);
    return products;
  }

  /// Gradients of x, of A and B in turn, and of the two that are not tensors.
  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto capsule = context->saved_data["group"].toCapsule();
    const Group& group = *static_cast<const Group*>(capsule.get());
    const auto kept = context->get_saved_variables();
    variable_list all(1 + 2 * group.adapters + 2);
    if (context->needs_input_grad(0)) {
      for (size_t i = 0; i < group.layers.size(); ++i) {
        if (grads[i].defined()) add_frozen_product(all[0], grads[i], group.layers[i].weight);
      }
    }
    if (group.adapters > 0) adapters_back(group, kept, grads, context->needs_input_grad(0), all);
    return all;
  }

 private:
  static std::vector<Tensor> every_second(at::TensorList adapters) {
    std::vector<Tensor> matrices;
    for (size_t i = 0; i < adapters.size(); i += 2) matrices.push_back(adapters[i]);
    return matrices;
  }

  static void adapters_back(const Group& group, const variable_list& kept,
                            const variable_list& grads, bool learns_below, variable_list& all) {
    const Tensor a = stacked(every_second(at::TensorList(kept).slice(0, 2 * group.adapters)));
    const Tensor& low = kept[2 * group.adapters];
    Tensor low_grad = at::empty_like(low);
    size_t adapter = 0;
    int64_t column = 0;
    for (size_t i = 0; i < group.layers.size(); ++i) {
      if (!group.layers[i].adapted) continue;
      const Tensor& b = kept[2 * adapter + 1];
      Tensor part = low_grad.narrow(1, column, b.size(1));
      if (grads[i].defined()) {
        at::mm_out(part, grads[i], b).mul_(group.layers[i].scale);
        all[2 + 2 * adapter] =
            at::mm(grads[i].t(), low.narrow(1, column, b.size(1))).mul_(group.layers[i].scale);
      } else {
        part.zero_();
      }
      column += b.size(1);
      ++adapter;
    }
    if (learns_below) add_product(all[0], low_grad, a);
    const Tensor a_grad = at::mm(low_grad.t(), input_again(group, kept));
    int64_t row = 0;
    for (size_t i = 0; i < group.adapters; ++i) {
      const int64_t rank = kept[2 * i].size(0);
      all[1 + 2 * i] = a_grad.narrow(0, row, rank);
      row += rank;
    }
  }

  static Tensor input_again(const Group& group, const variable_list& kept) {
    const size_t begin = 2 * group.adapters + 1;
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
