#pragma once

#include "framework/text/chat_template.h"
#include "framework/text/tokenizer.h"
#include "tuneval/task/example.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// How one model writes conversations as token ids.
struct ChatText {
  Tokenizer tokenizer;
  std::optional<ChatTemplate> chat_template;  ///< none: texts are joined by blank lines
  nlohmann::ordered_json variables;           ///< of the template, e.g. {"enable_thinking": false}
  std::vector<int64_t> end_tokens;            ///< any of them ends a completion

  bool is_end(int64_t id) const;
};

/// An example as ids: the prompt, then what the model learns to write, its end token included.
struct TokenizedExample {
  std::vector<int64_t> ids;
  int64_t prompt_length = 0;
};

/// Opens a model folder's tokenizer and template. End tokens are those of generation_config.json
/// (else config.json) and the tokenizer's own. Throws ConfigError.
ChatText open_chat_text(const std::filesystem::path& folder, nlohmann::ordered_json variables);

/// The prompt as the model sees it, up to where its answer begins.
std::string prompt_text(const ChatText& text, const Example& example);
std::vector<int64_t> prompt_ids(const ChatText& text, const Example& example);

/// The prompt's ids are those that scoring uses, token for token; the target follows, with what the
/// template puts behind an answer up to its end token.
TokenizedExample tokenize(const ChatText& text, const Example& example);

}  // namespace tuneval
