#include "tuneval/layers/rope.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/where.h>

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

std::optional<Config> rope_object(const Config& config) {
  if (config.has("rope_parameters")) return config.object("rope_parameters");
  return config.object_or_none("rope_scaling");
}

}  // namespace

Rope::Rope(const Config& config, int64_t head_dim) {
  const std::optional<Config> rope = rope_object(config);
  double base = config.number_or("rope_theta", 10000.0);
  std::string type = "default";
  if (rope) {
    base = rope->number_or("rope_theta", base);
    type = rope->text_or("rope_type", rope->text_or("type", "default"));
    if (rope->number_or("partial_rotary_factor", 1.0) != 1.0) {
      rope->fail("partial_rotary_factor", "is not supported: expected 1 or none");
    }
  }
  const Tensor steps = at::arange(0, head_dim, 2, at::kLong).to(at::kFloat) / head_dim;
  inverse_frequencies_ = 1.0 / at::pow(base, steps);
  if (type == "llama3") {
    inverse_frequencies_ = scale_llama3(inverse_frequencies_, *rope);
  } else if (type == "linear") {
    inverse_frequencies_ = inverse_frequencies_ / rope->number("factor");
  } else if (type != "default") {
    rope->fail("rope_type", "is \"" + type + "\": supported are default, linear, llama3");
  }
}

Rotation Rope::at(const Tensor& positions, at::ScalarType dtype) const {
  const Tensor angles = positions.to(at::kFloat).unsqueeze(1) *
                        inverse_frequencies_.to(positions.device()).unsqueeze(0);
  const Tensor whole = at::cat({angles, angles}, 1).unsqueeze(1);
  return {whole.cos().to(dtype), whole.sin().to(dtype)};
}

Tensor Rotation::apply(const Tensor& x) const {
  const int64_t half = x.size(-1) / 2;
  const Tensor turned = at::cat({x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)}, -1);
  return (x * cos).add_(turned.mul_(sin));
}

}  // namespace tuneval
