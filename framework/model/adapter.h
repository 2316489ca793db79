#pragma once

#include "framework/model/loaded_model.h"
#include "tuneval/layers/linear.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// A Linear with its full module name, e.g. "model.layers.0.self_attn.q_proj".
using NamedLinear = std::pair<std::string, std::shared_ptr<Linear>>;

/// Every Linear of the model whose last name part is among `targets`; "all-linear" alone stands for
/// the family's list. Throws ManifestError for a target that names no Linear, listing those there
/// are.
std::vector<NamedLinear> find_targets(const LoadedModel& model,
                                      const std::vector<std::string>& targets);

/// Shape of an adapter, as PEFT's adapter_config.json has it.
struct AdapterShape {
  int64_t rank = 0;
  double alpha = 0.0;
  double dropout = 0.0;
};

/// Attaches a fresh float32 adapter: A uniform in ±1/sqrt(in) (Kaiming with a = √5, as PEFT), B
/// zero. The values depend on the seed and the module's place alone.
void attach_fresh_adapter(const std::vector<NamedLinear>& targets, const AdapterShape& shape,
                          uint64_t seed);
void detach_adapters(CausalLm& lm);
void merge_adapters(CausalLm& lm);

/// Writes adapter_config.json and adapter_model.safetensors in PEFT's folder format.
void save_adapter(const LoadedModel& model, const AdapterShape& shape,
                  const std::filesystem::path& folder);

/// What an adapter's folder holds for one Linear; its tensors are float32, on the CPU.
struct StoredAdapter {
  NamedLinear linear;
  Adapter adapter;
};
struct StoredAdapters {
  AdapterShape shape;
  std::vector<StoredAdapter> layers;
};
/// Reads an adapter that PEFT or `save_adapter` wrote for `lm`, the model of folder `model` (for
/// messages), and attaches nothing. Throws CheckpointError for a kind of adapter that is not plain
/// LoRA, and for tensors that are missing, surplus or of another shape.
StoredAdapters read_adapter(CausalLm& lm, const std::filesystem::path& model,
                            const std::filesystem::path& folder);
/// Reads such an adapter and attaches it; the model is as it was where that is refused.
AdapterShape load_adapter(LoadedModel& model, const std::filesystem::path& folder);

/// Writes the whole model as a Hugging Face folder: weights in `dtype`, and the source folder's
/// configs, tokenizer and template.
void save_model(const LoadedModel& model, at::ScalarType dtype,
                const std::filesystem::path& folder);

}  // namespace tuneval
