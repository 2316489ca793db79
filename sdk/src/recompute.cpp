#include "tuneval/layers/recompute.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace tuneval {

namespace {

thread_local int64_t blocks_left = 0;  // to be recomputed

using at::Tensor;
using Block = std::function<Tensor(const Tensor&)>;

struct BlockHolder : torch::CustomClassHolder {
  explicit BlockHolder(Block kept) : block(std::move(kept)) {}
  Block block;
};

/// What dropout on x's device draws from.
at::Generator generator_of(const Tensor& x) {
  return at::globalContext().defaultGenerator(x.device());
}

struct Recompute : torch::autograd::Function<Recompute> {
  /// `anchor` asks for a gradient that nobody reads: x itself may ask for none, in the lowest
  /// layer, though the block's own parameters do.
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x,
                        const Tensor& /*anchor*/, const Block& block) {
    context->save_for_backward({x});
    context->saved_data["x_needs_grad"] = x.requires_grad();
    context->saved_data["random"] = generator_of(x).get_state();
    context->saved_data["block"] =
        c10::IValue::make_capsule(c10::make_intrusive<BlockHolder>(block));
    return block(x);  // a Function's forward records no graph
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto holder = context->saved_data["block"].toCapsule();
    const Block& block = static_cast<const BlockHolder*>(holder.get())->block;
    const Tensor x = context->get_saved_variables()[0].detach().requires_grad_(
        context->saved_data["x_needs_grad"].toBool());
    at::Generator generator = generator_of(x);
    const Tensor random_now = generator.get_state();
    generator.set_state(context->saved_data["random"].toTensor());
    Tensor y;
    {
      const at::AutoGradMode with_graph(true);
      const RecomputeScope inner_blocks_as_they_are(false);
      y = block(x);
    }
    generator.set_state(random_now);
    if (!y.requires_grad()) return {Tensor(), Tensor(), Tensor()};  // nothing below it learns
    torch::autograd::backward({y}, {grads[0]});
    return {x.grad(), Tensor(), Tensor()};
  }
};

}  // namespace

RecomputeScope::RecomputeScope(bool on) : RecomputeScope(on ? INT64_MAX : int64_t(0)) {}
RecomputeScope::RecomputeScope(int64_t blocks) : before_(blocks_left) { blocks_left = blocks; }
RecomputeScope::~RecomputeScope() { blocks_left = before_; }

Tensor recompute(Block block, const Tensor& x) {
  if (blocks_left <= 0 || !at::GradMode::is_enabled()) return block(x);
  --blocks_left;
  return Recompute::apply(x, at::zeros({}, x.options()).requires_grad_(), block);
}

}  // namespace tuneval
