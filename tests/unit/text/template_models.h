#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "framework/text/conversation.h"
#include "framework/text/wire_form.h"
#include "tests/unit/text/byte_tokenizer.h"
#include "tests/unit/text/support.h"

/// The models whose chat templates are among the shared data.
namespace tuneval::test {

struct Model {
  const char* name;  ///< of a file of chat_templates
  WireForm form;
  const char* end;
  TemplateSkills skills;
};

inline constexpr TemplateSkills kAll = {true, true, true, true, true};
inline constexpr TemplateSkills kOneCall = {true, true, true, false, true};
inline constexpr TemplateSkills kOnlyTools = {true, true, false, false, true};
inline constexpr TemplateSkills kNoTools = {};

inline constexpr std::array<Model, 10> kModels = {{
    {"gemma3", WireForm::fenced, "<end_of_turn>", kNoTools},
    {"lfm2", WireForm::pythonic, "<|im_end|>", kOnlyTools},
    {"lfm2_2_5", WireForm::pythonic, "<|im_end|>", kAll},
    {"llama3", WireForm::parameters, "<|eot_id|>", kNoTools},
    {"llama3_1", WireForm::parameters, "<|eot_id|>", kOneCall},
    {"llama3_2", WireForm::parameters, "<|eot_id|>", kOneCall},
    {"qwen2_5", WireForm::tagged_json, "<|im_end|>", kAll},
    {"qwen3", WireForm::tagged_json, "<|im_end|>", kAll},
    {"qwen3_instruct_2507", WireForm::tagged_json, "<|im_end|>", kAll},
    {"smollm2", WireForm::parameters, "<|im_end|>", kNoTools},
}};

inline ChatText open(const Model& model) {
  const TempFolder folder;
  std::vector<std::string> special = {model.end, "<|eom_id|>"};
  for (const std::string_view mark : kCallMarks) special.emplace_back(mark);
  write_text(folder.path() / "tokenizer.json", byte_tokenizer(special).dump());
  write_text(folder.path() / "tokenizer_config.json",
             nlohmann::ordered_json{{"bos_token", "<s>"}, {"eos_token", model.end}}.dump());
  write_text(folder.path() / "chat_template.jinja",
             read_text(shared_data() / "chat_templates" / (std::string(model.name) + ".jinja")));
  return open_chat_text(folder.path(), {{"enable_thinking", false}}, model.form);
}

/// The ids of an example's target, its end token left out as decoding does.
inline std::vector<int64_t> completion_of(const ChatText& text, const Example& example) {
  const TokenizedExample tokenized = tokenize(text, example);
  const std::vector<int64_t> prompt = prompt_ids(text, example);
  EXPECT_EQ(tokenized.prompt_length, int64_t(prompt.size()));
  EXPECT_TRUE(std::equal(prompt.begin(), prompt.end(), tokenized.ids.begin()));
  EXPECT_TRUE(text.is_end(tokenized.ids.back()));
  return {tokenized.ids.begin() + tokenized.prompt_length, tokenized.ids.end() - 1};
}

/// What a model that has learned an example answers, as the task type gets it.
inline std::string learned_answer(const ChatText& text, const Example& example) {
  return answer_text(text.wire_form, example,
                     completion_text(text, example, completion_of(text, example)));
}

/// Whether an example's ids are those of the template over the answered conversation.
inline bool is_as_template_writes(const ChatText& text, const Example& example) {
  ShownConversation shown = show_conversation(example, text.wire_form, text.skills);
  shown.messages.push_back(
      {{"role", "assistant"}, {"content", ""}, {"tool_calls", *template_calls(example.target)}});
  const std::string whole =
      text.chat_template->render(shown.messages, shown.tools, false, text.variables);
  return whole.starts_with(text.tokenizer.decode(tokenize(text, example).ids, false));
}

}  // namespace tuneval::test
