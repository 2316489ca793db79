#include "tuneval/layers/rope.h"

#include "row_ops.h"
#include "to_device.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tuneval {

namespace {

using at::Tensor;

/// Llama 3's scaling: long waves are stretched by `factor`, short ones stay, those between are
/// blended (transformers: rope_type "llama3").
Tensor scale_llama3(const Tensor& frequencies, const Config& rope) {
  const double factor = rope.number("factor");
  const double low = rope.number("low_freq_factor"), high = rope.number("high_freq_factor");
  const double context = rope.number("original_max_position_embeddings");
  const Tensor wavelength = 2 * std::numbers::pi / frequencies;
  const Tensor blend = (context / wavelength - low) / (high - low);
  const Tensor blended = (1 - blend) * frequencies / factor + blend * frequencies;
  const Tensor stretched = at::where(wavelength > context / low, frequencies / factor, frequencies);
  const Tensor between = (wavelength >= context / high).logical_and(wavelength <= context / low);
  return at::where(between, blended, stretched);
}

/// The dimension pair that turns `turns` times over `context` positions.
double pair_of_turns(double turns, int64_t head_dim, double base, double context) {
  return double(head_dim) * std::log(context / (turns * 2 * std::numbers::pi)) /
         (2 * std::log(base));
}

/// Waves that turn more than `beta_fast` times over the original context stay, those that turn less
/// than `beta_slow` times are stretched, those between are blended (Peng et al. 2023, section 3.2).
Tensor scale_yarn(const Tensor& frequencies, const Config& rope, int64_t head_dim, double base,
                  double context) {
  const auto bound = [&](const char* key, double turns) {
    return pair_of_turns(rope.number_or(key, turns), head_dim, base, context);
  };
  double low = bound("beta_fast", 32.0), high = bound("beta_slow", 1.0);
  if (rope.flag_or("truncate", true)) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, double(head_dim - 1));
  if (high == low) high += 0.001;
  const Tensor pairs = at::arange(head_dim / 2, at::kLong).to(at::kFloat);
  const Tensor stay = 1 - ((pairs - low) / (high - low)).clamp(0, 1);
  return frequencies / rope.number("factor") * (1 - stay) + frequencies * stay;
}

double yarn_attention_factor(const Config& rope) {
  if (rope.has("attention_factor")) return rope.number("attention_factor");
  for (const char* key : {"mscale", "mscale_all_dim"}) {
    if (rope.has(key)) rope.fail(key, "is not supported: expected none");
  }
  const double factor = rope.number("factor");
  return factor <= 1.0 ? 1.0 : 0.1 * std::log(factor) + 1.0;
}

/// One node that keeps the angles alone.
struct Rotate : torch::autograd::Function<Rotate> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x,
                        const Tensor& cos, const Tensor& sin) {
    context->save_for_backward({cos, sin});
    return rotate_rows(x, cos, sin, /*back=*/false);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto saved = context->get_saved_variables();
    return {rotate_rows(grads[0], saved[0], saved[1], /*back=*/true), Tensor(), Tensor()};
  }
};

std::optional<Config> rope_object(const Config& config) {
  if (config.has("rope_parameters")) return config.object("rope_parameters");
  return config.object_or_none("rope_scaling");
}

}  // namespace

Rope::Rope(const Config& config, int64_t head_dim)
    : Rope(config, rope_object(config), config.number_or("rope_theta", 10000.0), head_dim) {}

Rope::Rope(const Config& config, const std::optional<Config>& scaling, double base,
           int64_t head_dim) {
  std::string type = "default";
  if (scaling) {
    base = scaling->number_or("rope_theta", base);
    type = scaling->text_or("rope_type", scaling->text_or("type", "default"));
    if (scaling->number_or("partial_rotary_factor", 1.0) != 1.0) {
      scaling->fail("partial_rotary_factor", "is not supported: expected 1 or none");
    }
  }
  const Tensor steps = at::arange(0, head_dim, 2, at::kLong).to(at::kFloat) / head_dim;
  inverse_frequencies_ = 1.0 / at::pow(base, steps);
  if (type == "llama3") {
    inverse_frequencies_ = scale_llama3(inverse_frequencies_, *scaling);
  } else if (type == "linear") {
    inverse_frequencies_ = inverse_frequencies_ / scaling->number("factor");
  } else if (type == "yarn") {
    const double context = scaling->has("original_max_position_embeddings")
                               ? scaling->number("original_max_position_embeddings")
                               : config.number("max_position_embeddings");
    inverse_frequencies_ = scale_yarn(inverse_frequencies_, *scaling, head_dim, base, context);
    attention_factor_ = yarn_attention_factor(*scaling);
  } else if (type != "default") {
    scaling->fail("rope_type", "is \"" + type + "\": supported are default, linear, llama3, yarn");
  }
}

Rotation Rope::at(const Tensor& positions, at::ScalarType dtype) const {
  const Tensor angles = positions.to(at::kFloat).unsqueeze(1) *
                        to_device(inverse_frequencies_, positions.device()).unsqueeze(0);
  const Tensor whole = at::cat({angles, angles}, 1).unsqueeze(1);
  return {(whole.cos() * attention_factor_).to(dtype), (whole.sin() * attention_factor_).to(dtype)};
}

Tensor Rotation::apply(const Tensor& x) const {
  if (!at::GradMode::is_enabled()) return rotate_rows(x, cos, sin, /*back=*/false);
  return Rotate::apply(x, cos, sin);
}

}  // namespace tuneval
