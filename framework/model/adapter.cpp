#include "framework/model/adapter.h"

#include "framework/data/durable.h"
#include "framework/model/finite.h"
#include "framework/model/mapped_file.h"
#include "framework/model/model_folder.h"
#include "framework/text/small_file.h"
#include "tuneval/error.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <system_error>

namespace tuneval {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kPeftPrefix = "base_model.model.";

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

std::vector<NamedLinear> all_linears(CausalLm& lm) {
  std::vector<NamedLinear> linears;
  for (const auto& item : lm.named_modules()) {
    if (auto linear = std::dynamic_pointer_cast<Linear>(item.value())) {
      linears.emplace_back(item.key(), std::move(linear));
    }
  }
  return linears;
}

void fail_unless_done(const fs::path& path, const std::error_code& problem) {
  if (!problem) return;
  throw CheckpointError(fmt::format("{}: cannot be written: {}", path.string(), problem.message()));
}

void write_json(const fs::path& file, const Json& json) {
  fail_unless_done(file, replace_file(file, json.dump(2) + "\n"));
}

}  // namespace

std::vector<NamedLinear> find_targets(const LoadedModel& model,
                                      const std::vector<std::string>& targets) {
  const bool all = targets == std::vector<std::string>{"all-linear"};
  const std::vector<std::string> names = all ? model.family->lora_targets() : targets;
  const std::set<std::string> wanted(names.begin(), names.end());
  std::set<std::string> there, found;
  std::vector<NamedLinear> linears;
  for (auto& linear : all_linears(*model.lm)) {
    const std::string part = last_part(linear.first);
    there.insert(part);
    if (!wanted.contains(part)) continue;
    found.insert(part);
    linears.push_back(std::move(linear));
  }
  for (const std::string& name : wanted) {
    if (!found.contains(name)) {
      throw ManifestError(
          fmt::format("[tuning] targets: \"{}\" names no linear layer of {}: there are {}", name,
                      model.folder.string(), fmt::join(there, ", ")));
    }
  }
  return linears;
}

void attach_fresh_adapter(const std::vector<NamedLinear>& targets, const AdapterShape& shape,
                          uint64_t seed) {
  const at::NoGradGuard no_grad;
  auto generator = at::detail::createCPUGenerator(seed);
  for (const auto& [name, linear] : targets) {
    const double bound = 1.0 / std::sqrt(double(linear->in_features()));
    at::Tensor a = at::empty({shape.rank, linear->in_features()}, at::kFloat);
    a.uniform_(-bound, bound, generator);
    const auto options = linear->weight.options().dtype(at::kFloat);
    at::Tensor b = at::zeros({linear->out_features(), shape.rank}, options);
    linear->attach({a.to(options).requires_grad_(), b.requires_grad_(),
                    shape.alpha / double(shape.rank), shape.dropout});
  }
}

void detach_adapters(CausalLm& lm) {
  for (const auto& [name, linear] : all_linears(lm)) linear->detach_adapter();
}

void merge_adapters(CausalLm& lm) {
  for (const auto& [name, linear] : all_linears(lm)) linear->merge_adapter();
}

void save_adapter(const LoadedModel& model, const AdapterShape& shape, const fs::path& folder) {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  std::set<std::string> targets;
  for (const auto& [name, linear] : all_linears(*model.lm)) {
    if (!linear->adapter()) continue;
    targets.insert(last_part(name));
    tensors.emplace_back(kPeftPrefix + name + ".lora_A.weight", linear->adapter()->a);
    tensors.emplace_back(kPeftPrefix + name + ".lora_B.weight", linear->adapter()->b);
  }
  const Json config = {{"peft_type", "LORA"},
                       {"task_type", "CAUSAL_LM"},
                       {"base_model_name_or_path", model.folder.string()},
                       {"r", shape.rank},
                       {"lora_alpha", shape.alpha},
                       {"lora_dropout", shape.dropout},
                       {"target_modules", targets},
                       {"bias", "none"},
                       {"fan_in_fan_out", false},
                       {"inference_mode", true},
                       {"use_rslora", false},
                       {"use_dora", false}};
  fail_unless_done(folder, make_folders_durably(folder));
  save_tensors(folder / "adapter_model.safetensors", tensors);
  write_json(folder / "adapter_config.json", config);
  fail_unless_done(folder, sync_path(folder));
}

namespace {

/// What adapter_config.json says.
struct AdapterConfig {
  AdapterShape shape;
  double scale = 1.0;
  /// Module names or ends of them, each of which must have tensors; empty where they are given by
  /// a pattern.
  std::vector<std::string> targets;

  bool names(const std::string& module) const {
    return std::any_of(targets.begin(), targets.end(), [&](const std::string& target) {
      return module == target || module.ends_with("." + target);
    });
  }
};

void refuse_other_kinds(const Config& config) {
  const auto refuse = [&](const char* key, const std::string& expected) {
    config.fail(key, fmt::format("is {}: expected {}", config.json(key), expected));
  };
  if (config.text_or("peft_type", "LORA") != "LORA") refuse("peft_type", "\"LORA\"");
  for (const char* key : {"use_dora", "fan_in_fan_out"}) {
    if (config.flag_or(key, false)) refuse(key, "false");
  }
  if (config.text_or("bias", "none") != "none") refuse("bias", "\"none\"");
  for (const char* key : {"rank_pattern", "alpha_pattern"}) {
    if (config.has(key) && !config.object(key).keys().empty()) refuse(key, "none");
  }
  if (config.has("modules_to_save")) refuse("modules_to_save", "none");
  if (config.integer("r") < 1) refuse("r", "at least 1");
}

AdapterConfig read_adapter_config(const fs::path& folder) {
  const fs::path file = folder / "adapter_config.json";
  const auto text = read_model_text<CheckpointError>(file);
  try {
    const Config config = Config::parse(text, file.string());
    refuse_other_kinds(config);
    AdapterConfig read;
    read.shape = {config.integer("r"), config.number("lora_alpha"),
                  config.number_or("lora_dropout", 0.0)};
    const double rank = double(read.shape.rank);
    read.scale = read.shape.alpha / (config.flag_or("use_rslora", false) ? std::sqrt(rank) : rank);
    const bool some = config.has("layers_to_transform") || config.has("exclude_modules");
    if (config.is_array("target_modules") && !some) read.targets = config.texts("target_modules");
    return read;
  } catch (const ConfigError& error) {
    throw CheckpointError(error.what());
  }
}

Adapter read_layer(const MappedSafetensors& file, const std::string& name, const Linear& linear,
                   const AdapterConfig& config) {
  const at::Tensor a = file.tensor(kPeftPrefix + name + ".lora_A.weight");
  const at::Tensor b = file.tensor(kPeftPrefix + name + ".lora_B.weight");
  const int64_t rank = config.shape.rank;
  const bool fits = a.sizes() == at::IntArrayRef{rank, linear.in_features()} &&
                    b.sizes() == at::IntArrayRef{linear.out_features(), rank};
  if (!fits) {
    throw CheckpointError(fmt::format("{}: \"{}\": expected A [{}, {}] and B [{}, {}]",
                                      file.path().string(), name, rank, linear.in_features(),
                                      linear.out_features(), rank));
  }
  for (const auto& [part, tensor] : {std::pair("A", a), std::pair("B", b)}) {
    if (const std::string fault = not_finite(tensor); !fault.empty()) {
      throw CheckpointError(fmt::format("{}: \"{}\": {} holds {}: expected finite numbers",
                                        file.path().string(), name, part, fault));
    }
  }
  // Copies: the file may be written anew while the adapter lives.
  return {a.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true),
          b.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true), config.scale,
          config.shape.dropout};
}

}  // namespace

StoredAdapters read_adapter(CausalLm& lm, const fs::path& model, const fs::path& folder) {
  const AdapterConfig config = read_adapter_config(folder);
  const MappedSafetensors file(folder / "adapter_model.safetensors");
  std::set<std::string> unused;
  for (const TensorInfo& info : file.header().tensors) unused.insert(info.name);
  StoredAdapters stored{config.shape, {}};
  for (const auto& [name, linear] : all_linears(lm)) {
    const size_t found = unused.erase(kPeftPrefix + name + ".lora_A.weight") +
                         unused.erase(kPeftPrefix + name + ".lora_B.weight");
    if (found == 0 && !config.names(name)) continue;
    stored.layers.push_back({{name, linear}, read_layer(file, name, *linear, config)});
  }
  if (!unused.empty()) {
    throw CheckpointError(fmt::format("{}: \"{}\" fits no linear layer of {}", file.path().string(),
                                      *unused.begin(), model.string()));
  }
  return stored;
}

AdapterShape load_adapter(LoadedModel& model, const fs::path& folder) {
  StoredAdapters stored = read_adapter(*model.lm, model.folder, folder);
  // Only now: a model whose adapter is refused stays as it was.
  for (StoredAdapter& layer : stored.layers) {
    Linear& linear = *layer.linear.second;
    Adapter& adapter = layer.adapter;
    adapter.a = adapter.a.to(linear.weight.device()).requires_grad_();
    adapter.b = adapter.b.to(linear.weight.device()).requires_grad_();
    linear.attach(std::move(adapter));
  }
  return stored.shape;
}

void save_model(const LoadedModel& model, at::ScalarType dtype, const fs::path& folder) {
  copy_companions(model.folder, folder);
  Json config = Json::parse(model.config.json());
  config.erase("torch_dtype");
  config["dtype"] = dtype_name(dtype);
  write_json(folder / "config.json", config);
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const auto& item : model.lm->named_parameters()) {
    tensors.emplace_back(item.key(), item.value().detach().to(dtype));
  }
  save_tensors(folder / "model.safetensors", tensors);
  fail_unless_done(folder, sync_path(folder));
}

}  // namespace tuneval
