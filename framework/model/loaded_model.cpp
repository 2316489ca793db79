#include "framework/model/loaded_model.h"

#include "framework/data/hash.h"
#include "framework/model/checkpoint.h"
#include "framework/text/small_file.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/cuda.h>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>

#include <algorithm>

namespace tuneval {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Config read_model_config(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  if (!fs::is_directory(folder)) {
    throw ConfigError(fmt::format("{}: no such model folder", folder.string()));
  }
  return Config::parse(read_model_text<ConfigError>(file), file.string());
}

Config text_config(const Config& config) {
  return config.object_or_none("text_config").value_or(config);
}

int64_t context_length(const Config& config) {
  return text_config(config).integer_or("max_position_embeddings", 0);
}

std::shared_ptr<const ModelFamily> family_for(const Registry& registry, const Config& config) {
  const std::string type = config.text("model_type");
  auto family = registry.family_of(type);
  if (!family) {
    config.fail("model_type", fmt::format("is \"{}\": supported are {}", type,
                                          fmt::join(registry.model_types(), ", ")));
  }
  return family;
}

std::shared_ptr<const ChatText> open_model_text(const ModelFamily& family, const fs::path& folder,
                                                const Json& chat) {
  const ChatDefaults defaults = family.chat_defaults();
  Json variables = Json::object();
  for (const auto& [name, value] : defaults.variables) variables[name] = Json::parse(value);
  if (chat.is_object()) variables.update(chat);
  return std::make_shared<const ChatText>(
      open_chat_text(folder, std::move(variables), defaults.wire_form));
}

int64_t count_parameters(const ModelFamily& family, const Config& config) {
  const BuildScope scope(at::kMeta, at::kFloat);
  int64_t count = 0;
  for (const at::Tensor& parameter : family.build(config)->parameters()) {
    count += parameter.numel();
  }
  return count;
}

at::Device parse_device(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  if (name == "cuda" || name.starts_with("cuda:")) {
    if (!torch::cuda::is_available()) {
      throw ManifestError(fmt::format(
          "device \"{}\": LibTorch sees no CUDA device here (built for it, with a driver?)", name));
    }
    return at::Device(name);
  }
  throw ManifestError(fmt::format("device \"{}\": expected \"cpu\", \"cuda\" or \"cuda:N\"", name));
}

at::ScalarType parse_dtype(const std::string& name, at::Device device) {
  if (name == "float32") return at::kFloat;
  if (name == "bfloat16") return at::kBFloat16;
  if (name == "float16") return at::kHalf;
  if (name == "auto") return device.is_cpu() ? at::kFloat : at::kBFloat16;
  throw ManifestError(
      fmt::format("dtype \"{}\": expected auto, float32, bfloat16 or float16", name));
}

std::string dtype_name(at::ScalarType dtype) {
  return dtype == at::kFloat ? "float32" : dtype == at::kBFloat16 ? "bfloat16" : "float16";
}

namespace {

void check_vocabulary(const ChatText& text, const Config& config) {
  const int64_t vocabulary = config.integer("vocab_size");
  if (text.tokenizer.max_id() >= vocabulary) {
    config.fail("vocab_size", fmt::format("is {}, but the tokenizer's largest id is {}", vocabulary,
                                          text.tokenizer.max_id()));
  }
}

}  // namespace

LoadedModel load_model(const Registry& registry, const fs::path& folder,
                       const ModelOptions& options) {
  LoadedModel model;
  model.folder = folder;
  model.config = read_model_config(folder);
  model.family = family_for(registry, model.config);
  model.device = parse_device(options.device);
  model.dtype = parse_dtype(options.dtype, model.device);
  model.text = open_model_text(*model.family, folder, options.chat);
  check_vocabulary(*model.text, text_config(model.config));
  model.context = context_length(model.config);
  {
    const BuildScope scope(model.device, model.dtype);
    model.lm = model.family->build(model.config);
  }
  load_weights(*model.lm, Checkpoint(folder), model.family->weight_map(model.config));
  model.lm->eval();
  for (const at::Tensor& parameter : model.lm->parameters()) {
    model.parameters += parameter.numel();
  }
  return model;
}

namespace {

bool decides(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".safetensors") || name.ends_with(".jinja") ||
         name == "model.safetensors.index.json" || name == "config.json" ||
         name == "generation_config.json" || name.starts_with("tokenizer") ||
         name == "vocab.json" || name == "merges.txt" || name == "special_tokens_map.json";
}

}  // namespace

std::string hash_model(const fs::path& folder) {
  namespace ipc = boost::interprocess;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && decides(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ContentHash hash;
  for (const fs::path& file : files) {
    hash.add(file.filename().string());
    if (fs::file_size(file) == 0) {
      hash.add({});
      continue;
    }
    const ipc::file_mapping mapping(file.c_str(), ipc::read_only);
    const ipc::mapped_region region(mapping, ipc::read_only);
    hash.add({static_cast<const char*>(region.get_address()), region.get_size()});
  }
  return hash.hex();
}

}  // namespace tuneval
