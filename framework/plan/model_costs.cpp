#include "framework/plan/model_costs.h"

#include "framework/model/activations.h"
#include "framework/model/adapter.h"
#include "framework/model/checkpoint.h"

#include <ATen/ops/empty.h>

#include <exception>

namespace tuneval {

namespace {

/// An adapter of the recipe's shape, without memory.
void attach_empty(LoadedModel& empty, const Recipe& recipe, ModelCosts& costs) {
  const auto options = at::TensorOptions().dtype(at::kFloat).device(at::kMeta);
  for (const auto& [name, linear] : find_targets(empty, recipe.targets)) {
    const int64_t in = linear->in_features(), out = linear->out_features();
    costs.adapter += recipe.rank * (in + out);
    costs.adapted += in * out;
    linear->attach({at::empty({recipe.rank, in}, options), at::empty({out, recipe.rank}, options)});
  }
}

int64_t elements(const TensorInfo& info) {
  int64_t count = 1;
  for (const int64_t size : info.shape) count *= size;
  return count;
}

/// As load_weights does it: what is stored in the computing format, and matrices in bfloat16 that a
/// CPU computes with in float32, stay where they are in the file; the rest is converted.
void read_headers(const LoadedModel& empty, ModelCosts& costs) {
  const bool widens = empty.device.is_cpu() && empty.dtype == at::kFloat;
  int64_t stored = 0, converted = 0;
  const Checkpoint checkpoint(empty.folder);
  for (const MappedSafetensors& file : checkpoint.files()) {
    for (const TensorInfo& info : file.header().tensors) {
      const auto bytes = int64_t(info.end - info.begin);
      const auto dtype = dtype_from_safetensors(info.dtype, file.path().string());
      const bool stays =
          empty.device.is_cpu() &&
          (dtype == empty.dtype || (widens && dtype == at::kBFloat16 && info.shape.size() == 2));
      stored += bytes;
      costs.weight_bytes += stays ? bytes : 0;
      converted += stays ? 0 : elements(info) * costs.element_bytes;
    }
  }
  costs.weight_bytes += converted;
  costs.load_bytes = empty.device.is_cpu() ? stored + converted : converted;
}

/// Keys and values of every layer; convolutions keep less.
int64_t cache_bytes(const Config& text, const ModelCosts& costs) {
  const int64_t heads = text.integer_or("num_attention_heads", 1);
  const int64_t groups = text.integer_or("num_key_value_heads", heads);
  const int64_t head = text.integer_or("head_dim", heads > 0 ? costs.width / heads : costs.width);
  return 2 * groups * head * costs.layers * costs.element_bytes;
}

}  // namespace

ModelCosts model_costs(LoadedModel& empty, const Recipe& recipe) {
  ModelCosts costs;
  const Config text = text_config(empty.config);
  costs.vocabulary = text.integer_or("vocab_size", 0);
  costs.width = text.integer_or("hidden_size", 0);
  costs.layers = count_layers(empty.config);
  costs.element_bytes = int64_t(at::elementSize(empty.dtype));
  for (const at::Tensor& parameter : empty.lm->parameters()) {
    costs.parameters += parameter.numel();
    const bool of_vocabulary = parameter.dim() == 2 && parameter.size(0) == costs.vocabulary;
    if (!of_vocabulary) costs.body += parameter.numel();
  }
  if (recipe.adapter == "lora") {
    attach_empty(empty, recipe, costs);
  } else {
    for (const at::Tensor& parameter : empty.lm->parameters()) parameter.requires_grad_();
  }
  costs.activation_bytes = activation_bytes_per_token(*empty.lm);
  costs.cache_bytes = cache_bytes(text, costs);
  try {
    read_headers(empty, costs);
  } catch (const std::exception&) {  // the cell will say what is wrong with them
    costs.weight_bytes = costs.load_bytes = costs.parameters * costs.element_bytes;
  }
  return costs;
}

}  // namespace tuneval
