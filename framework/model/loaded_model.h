#pragma once

#include "framework/text/conversation.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace tuneval {

/// What a manifest may say of how a model is opened.
struct ModelOptions {
  std::string device = "cpu";   ///< "cpu", "cuda" or "cuda:1"
  std::string dtype = "auto";   ///< "auto": float32 on a CPU, bfloat16 on a GPU
  nlohmann::ordered_json chat;  ///< chat template variables; they override the family's defaults
};

/// A checkpoint ready to be scored and tuned.
struct LoadedModel {
  std::filesystem::path folder;
  Config config;
  std::shared_ptr<const ModelFamily> family;
  std::shared_ptr<CausalLm> lm;
  std::shared_ptr<const ChatText> text;
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;
  int64_t context = 0;     ///< longest sequence; 0: config.json names none
  int64_t parameters = 0;  ///< tied ones once
};

/// Reads config.json of a model folder.
Config read_model_config(const std::filesystem::path& folder);

/// The part of it that is the text model's: "text_config" of a model that sees images too, else the
/// whole.
Config text_config(const Config& config);
/// The longest sequence that it says the model takes; 0 where it says none.
int64_t context_length(const Config& config);

/// The family that claims the config's "model_type"; ConfigError listing the supported ones
/// otherwise.
std::shared_ptr<const ModelFamily> family_for(const Registry& registry, const Config& config);

/// The folder's tokenizer and template, with the family's chat defaults.
std::shared_ptr<const ChatText> open_model_text(const ModelFamily& family,
                                                const std::filesystem::path& folder,
                                                const nlohmann::ordered_json& chat);

/// Number of parameters the config asks for; nothing is allocated.
int64_t count_parameters(const ModelFamily& family, const Config& config);

at::Device parse_device(const std::string& name);
at::ScalarType parse_dtype(const std::string& name, at::Device device);
std::string dtype_name(at::ScalarType dtype);

/// Opens a Hugging Face folder. Everything about the text is checked before a weight is read.
LoadedModel load_model(const Registry& registry, const std::filesystem::path& folder,
                       const ModelOptions& options);

/// SHA-256 over the files that decide what a model does: configs, tokenizer, template, weights.
std::string hash_model(const std::filesystem::path& folder);

}  // namespace tuneval
