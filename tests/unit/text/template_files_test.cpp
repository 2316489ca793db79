#include "framework/text/template_files.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "framework/text/chat_template.h"
#include "tests/unit/text/support.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_contains;
using test::message_of;
using test::TempFolder;
using test::write_text;

const Json kNull;
const Json kUser = Json::parse(R"([{"role": "user", "content": "Hi"}])");
const Json kTools = Json::parse(R"([{"type": "function", "function": {"name": "f"}}])");

std::string rendered(const std::filesystem::path& folder, const Json& tools) {
  const auto chat = ChatTemplate::open(folder);
  return chat ? chat->render(kUser, tools, false, kNull) : "no template";
}

TEST(TemplateFiles, AFolderMayHaveNoTemplate) {
  const TempFolder temp;
  EXPECT_FALSE(ChatTemplate::open(temp.path()));
  write_text(temp.path() / "tokenizer_config.json", R"({"chat_template": null, "eos_token": "x"})");
  EXPECT_FALSE(ChatTemplate::open(temp.path()));
}

TEST(TemplateFiles, ReadsTheConfigurationAndItsSpecialTokens) {
  const TempFolder temp;
  write_text(temp.path() / "special_tokens_map.json",
             R"({"bos_token": "<old>", "pad_token": "<p>"})");
  write_text(
      temp.path() / "tokenizer_config.json",
      R"({"chat_template": "{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ unk_token is defined }}",
                 "bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>",
                 "unk_token": null})");
  EXPECT_EQ(rendered(temp.path(), kNull), "<s></s><p>False");
  const auto chat = ChatTemplate::open(temp.path());
  ASSERT_TRUE(chat);
  EXPECT_EQ(chat->special_tokens().at("bos_token"), "<s>");
  EXPECT_EQ(chat->render(kUser, kNull, false, {{"bos_token", "<mine>"}}), "<mine></s><p>False");
  expect_contains(chat->source(), "{{ bos_token }}");
}

TEST(TemplateFiles, ANamedListServesToolsApart) {
  const TempFolder temp;
  write_text(temp.path() / "tokenizer_config.json",
             R"({"chat_template": [{"name": "default", "template": "plain"},
                                   {"name": "rag", "template": "{%"},
                                   {"name": "tool_use", "template": "tools"}]})");
  EXPECT_EQ(rendered(temp.path(), kNull), "plain");
  EXPECT_EQ(rendered(temp.path(), kTools), "tools");
}

TEST(TemplateFiles, TheOwnFileComesFirst) {
  const TempFolder temp;
  write_text(temp.path() / "tokenizer_config.json",
             R"({"chat_template": "config", "eos_token": "</s>"})");
  write_text(temp.path() / "chat_template.jinja", "file{{ eos_token }}");
  EXPECT_EQ(rendered(temp.path(), kNull), "file</s>");
  EXPECT_EQ(rendered(temp.path(), kTools), "file</s>");
  write_text(temp.path() / "additional_chat_templates" / "tool_use.jinja", "tools{{ eos_token }}");
  EXPECT_EQ(rendered(temp.path(), kTools), "tools</s>");
}

TEST(TemplateFiles, TheRealConfigurationEqualsTheTemplateFile) {
  TUNEVAL_NEED_SHARED_DATA();
  const auto chat = ChatTemplate::open(test::shared_data() / "tokenizers" / "qwen3");
  ASSERT_TRUE(chat);
  EXPECT_EQ(chat->source(),
            test::read_text(test::shared_data() / "chat_templates" / "qwen3.jinja"));
  EXPECT_EQ(chat->special_tokens().at("eos_token"), "<|im_end|>");
}

TEST(TemplateFiles, EveryFaultNamesItsFile) {
  const TempFolder temp;
  const auto path = temp.path() / "tokenizer_config.json";
  const auto error = [&](const char* config) {
    write_text(path, config);
    const std::string message = message_of<ConfigError>([&] { ChatTemplate::open(temp.path()); });
    expect_contains(message, path.string());
    return message;
  };
  expect_contains(error("{"), "is not JSON");
  expect_contains(error("\xff"), "is not JSON");
  expect_contains(error("[]"), "is a JSON array: expected an object");
  expect_contains(error(R"({"chat_template": 1})"), "\"chat_template\" is a JSON number");
  expect_contains(error(R"({"chat_template": []})"), "without an entry named \"default\"");
  expect_contains(error(R"({"chat_template": [{"name": "default"}]})"), "has an entry without");
  expect_contains(error(R"({"chat_template": "a\n{% for %}"})"), "line 2");
  write_text(temp.path() / "chat_template.jinja", "{% nonsense %}");
  expect_contains(message_of<ConfigError>([&] { ChatTemplate::open(temp.path()); }),
                  "chat_template.jinja");
}

}  // namespace
}  // namespace tuneval
