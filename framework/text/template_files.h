#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace tuneval {

/// What a model folder says about its chat template.
struct TemplateFiles {
  std::optional<std::string> source;       ///< the template; none where the folder has none
  std::optional<std::string> tool_source;  ///< the one for conversations with tools, where there is
                                           ///< another
  nlohmann::ordered_json special_tokens;   ///< {"bos_token": "<s>", ...}
  std::string origin;                      ///< the file the template came from, for messages
};

/// Reads the chat template files of a model folder. Throws ConfigError naming the file.
TemplateFiles read_template_files(const std::filesystem::path& model_folder);

/// The entries of `config` that name one special token each ("bos_token", ...), as plain texts.
nlohmann::ordered_json named_special_tokens(const nlohmann::ordered_json& config);

}  // namespace tuneval
