#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace tuneval {

/// A model's chat template, rendered exactly as transformers' `apply_chat_template` does.
/// Copies are cheap (they share the compiled template); const methods may be called from many
/// threads at once.
class ChatTemplate {
 public:
  /// Reads `chat_template.jinja`, or `chat_template` of `tokenizer_config.json` (a text, or a list
  /// of {name, template} from which "tool_use" serves conversations with tools and "default" all
  /// others), and the special tokens of `tokenizer_config.json` and `special_tokens_map.json`.
  /// Empty where the folder has no template. Throws ConfigError where a file or the template is
  /// broken.
  static std::optional<ChatTemplate> open(const std::filesystem::path& model_folder);

  /// `special_tokens` is an object such as {"bos_token": "<s>"}; its values may also be {"content":
  /// "<s>"}. Throws ConfigError with the line where `source` is not a template.
  ChatTemplate(std::string source, const nlohmann::ordered_json& special_tokens);

  /// The text of a conversation. `messages` is an array of {role, content, ...}; `tools` an array
  /// of schemas or null; `extra` null or an object whose entries become template variables (say,
  /// {"enable_thinking": false}). Objects keep their order. Throws DataError with the template's
  /// own message where it refuses the conversation, fails, or runs without end.
  std::string render(const nlohmann::ordered_json& messages, const nlohmann::ordered_json& tools,
                     bool add_generation_prompt, const nlohmann::ordered_json& extra) const;

  /// Fixes the time that `strftime_now` shows (read as UTC); without it, it is the local time of
  /// the render.
  void set_now(std::chrono::system_clock::time_point now);

  /// The template's text (that for conversations without tools).
  const std::string& source() const;

  /// The special tokens given as template variables: an object of texts.
  const nlohmann::ordered_json& special_tokens() const;

 private:
  struct Impl;
  explicit ChatTemplate(std::shared_ptr<const Impl> impl);

  std::shared_ptr<const Impl> impl_;
  std::optional<int64_t> now_;  // seconds since the epoch
};

}  // namespace tuneval
