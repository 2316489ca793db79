#pragma once

#include "framework/text/chat_template.h"
#include "framework/text/tokenizer.h"
#include "framework/text/wire_template.h"
#include "tuneval/model/chat.h"
#include "tuneval/task/example.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// How one model writes conversations as token ids.
struct ChatText {
  Tokenizer tokenizer;
  std::optional<ChatTemplate> chat_template;  ///< none: texts are joined by blank lines
  nlohmann::ordered_json variables;           ///< of the template, e.g. {"enable_thinking": false}
  std::vector<int64_t> end_tokens;            ///< any of them ends a completion
  WireForm wire_form = WireForm::json;        ///< of tool calls
  TemplateSkills skills;                      ///< what the template shows by itself
  std::vector<int64_t> call_marks;            ///< tokens that mark calls

  bool is_end(int64_t id) const;
};

/// An example as ids: the prompt, then what the model learns to write, its end token included.
struct TokenizedExample {
  std::vector<int64_t> ids;
  int64_t prompt_length = 0;
};

/// Opens a model folder's tokenizer and template. End tokens are those of generation_config.json
/// (else config.json), the tokenizer's own, and `<|eom_id|>` where there is one, which ends the
/// calls of Llama 3.1. Throws ConfigError.
ChatText open_chat_text(const std::filesystem::path& folder, nlohmann::ordered_json variables,
                        WireForm wire_form = WireForm::json);

/// The prompt as the model sees it, up to where its answer begins. Tools, calls and results that
/// the model's template does not show are written as text (see show_conversation).
std::string prompt_text(const ChatText& text, const Example& example);
std::vector<int64_t> prompt_ids(const ChatText& text, const Example& example);
/// The same of a prompt that prompt_text has written.
std::vector<int64_t> prompt_ids(const ChatText& text, const std::string& prompt);
/// The same with other template variables than the model's own.
std::vector<int64_t> prompt_ids(const ChatText& text, const Example& example,
                                const nlohmann::ordered_json& variables);

/// The prompt's ids are those that scoring uses, token for token; the target follows, with what the
/// template puts behind an answer up to its end token. Calls are written by the template; where it
/// does not show them, or writes them so that they do not read back, in the wire form.
TokenizedExample tokenize(const ChatText& text, const Example& example);

/// The text of a completion. Special tokens are left out, but for those that mark calls where the
/// example's answer is calls.
std::string completion_text(const ChatText& text, const Example& example,
                            std::span<const int64_t> ids);

/// What TaskType::parse is given: where the example's answer is calls and the completion has some,
/// their canonical text, else the completion as it is.
std::string answer_text(WireForm wire_form, const Example& example, std::string_view completion);

}  // namespace tuneval
