// Prompts as ids: what the templates of real models write is written once.
#include "framework/text/conversation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/text/support.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_contains;
using test::TempFolder;
using test::write_text;

constexpr int64_t kBos = 1;

struct Opening {
  const char* name;  ///< of a file of chat_templates
  const char* bos;   ///< as the model's tokenizer spells it
};

/// A tokenizer of words that puts `bos` before every text by itself, as those of Llama 3, Gemma and
/// LFM2 do.
Json tokenizer_with(const std::string& bos) {
  const Json added = {{"id", kBos},      {"content", bos},  {"single_word", false},
                      {"lstrip", false}, {"rstrip", false}, {"normalized", false},
                      {"special", true}};
  const Json begin = {{"SpecialToken", {{"id", bos}, {"type_id", 0}}}};
  const Json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const Json second = {{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", {added}},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "WhitespaceSplit"}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", {begin, text}},
            {"pair", {begin, text, second}},
            {"special_tokens", {{bos, {{"id", bos}, {"ids", {kBos}}, {"tokens", {bos}}}}}}}},
          {"decoder", nullptr},
          {"model",
           {{"type", "WordLevel"},
            {"vocab", {{"<unk>", 0}, {bos, kBos}, {"Hello", 2}, {"Hi.", 3}}},
            {"unk_token", "<unk>"}}}};
}

Example greeting() {
  Example example;
  example.messages = {{"user", "Hello", ""}};
  example.target = "Hi.";
  example.where = "train.jsonl:1";
  return example;
}

class StartOfText : public testing::TestWithParam<Opening> {
 protected:
  StartOfText() {
    const std::string bos = GetParam().bos;
    write_text(folder.path() / "tokenizer.json", tokenizer_with(bos).dump());
    write_text(folder.path() / "tokenizer_config.json",
               Json{{"bos_token", bos}, {"add_bos_token", true}}.dump());
  }
  static int64_t starts(const std::vector<int64_t>& ids) {
    return std::count(ids.begin(), ids.end(), kBos);
  }
  TempFolder folder;
};

TEST_P(StartOfText, OfTheTemplateIsNotDoubledByTheTokenizer) {
  TUNEVAL_NEED_SHARED_DATA();
  const std::string file = std::string(GetParam().name) + ".jinja";
  write_text(folder.path() / "chat_template.jinja",
             test::read_text(test::shared_data() / "chat_templates" / file));
  const ChatText text = open_chat_text(folder.path(), Json::object());
  // Both would write it.
  EXPECT_EQ(starts(text.tokenizer.encode("Hello", true)), 1);
  EXPECT_EQ(prompt_text(text, greeting()).find(GetParam().bos), 0u);
  for (const auto& ids : {prompt_ids(text, greeting()), tokenize(text, greeting()).ids}) {
    EXPECT_EQ(ids.front(), kBos);
    EXPECT_EQ(starts(ids), 1);
  }
}

TEST_P(StartOfText, ComesFromTheTokenizerWhereThereIsNoTemplate) {
  const ChatText text = open_chat_text(folder.path(), Json::object());
  const TokenizedExample example = tokenize(text, greeting());
  EXPECT_EQ(example.ids, (std::vector<int64_t>{kBos, 2, 3}));
  EXPECT_EQ(example.prompt_length, 2);
}

INSTANTIATE_TEST_SUITE_P(All, StartOfText,
                         testing::Values(Opening{"llama3", "<|begin_of_text|>"},
                                         Opening{"llama3_1", "<|begin_of_text|>"},
                                         Opening{"llama3_2", "<|begin_of_text|>"},
                                         Opening{"gemma3", "<bos>"},
                                         Opening{"lfm2", "<|startoftext|>"},
                                         Opening{"lfm2_2_5", "<|startoftext|>"}),
                         [](const auto& one) { return std::string(one.param.name); });

class ToolsInPrompt : public testing::TestWithParam<const char*> {};

// By the model's template, or as text: those of Gemma 3, Llama 3 and SmolLM2 know of no tools.
TEST_P(ToolsInPrompt, AreShown) {
  TUNEVAL_NEED_SHARED_DATA();
  const TempFolder folder;
  write_text(folder.path() / "tokenizer.json", tokenizer_with("<s>").dump());
  write_text(folder.path() / "tokenizer_config.json", Json{{"bos_token", "<s>"}}.dump());
  write_text(folder.path() / "chat_template.jinja",
             test::read_text(test::shared_data() / "chat_templates" /
                             (std::string(GetParam()) + ".jinja")));
  const ChatText text = open_chat_text(folder.path(), Json::object());
  Example example = greeting();
  const std::string without = prompt_text(text, example);
  EXPECT_EQ(without.find("block_card"), without.npos);
  example.tools = R"([{"type": "function", "function": {"name": "block_card",
      "description": "Blocks a card", "parameters": {"type": "object", "properties":
      {"last_digits": {"type": "string"}}, "required": ["last_digits"]}}}])";
  const std::string with = prompt_text(text, example);
  expect_contains(with, "block_card");
  expect_contains(with, "last_digits");
}

INSTANTIATE_TEST_SUITE_P(All, ToolsInPrompt,
                         testing::Values("gemma3", "lfm2", "lfm2_2_5", "llama3", "llama3_1",
                                         "llama3_2", "qwen2_5", "qwen3", "qwen3_instruct_2507",
                                         "smollm2"),
                         [](const auto& one) { return std::string(one.param); });

TEST(EndTokens, IncludeTheOneThatEndsLlamasCalls) {
  const TempFolder folder;
  write_text(folder.path() / "tokenizer.json", tokenizer_with("<|eom_id|>").dump());
  EXPECT_TRUE(open_chat_text(folder.path(), Json::object()).is_end(kBos));
  write_text(folder.path() / "tokenizer.json", tokenizer_with("<s>").dump());
  EXPECT_FALSE(open_chat_text(folder.path(), Json::object()).is_end(kBos));
}

}  // namespace
}  // namespace tuneval
