// Tools, calls and results under the chat templates of real models.
#include "framework/text/wire_template.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "framework/text/conversation.h"
#include "framework/text/wire_form.h"
#include "tests/unit/text/support.h"
#include "tests/unit/text/template_models.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using test::completion_of;
using test::expect_contains;
using test::is_as_template_writes;
using test::learned_answer;
using test::Model;
using test::open;

Json tool(const std::string& name, const Json& properties) {
  return {{"type", "function"},
          {"function",
           {{"name", name},
            {"description", "Does it"},
            {"parameters", {{"type", "object"}, {"properties", properties}}}}}};
}

Example asking_for(const std::string& calls) {
  Example example;
  example.messages = {{"system", "Serve the bank.", ""}, {"user", "Block my card", ""}};
  example.tools = Json::array({tool("block_card", {{"card", {{"type", "string"}}}}),
                               tool("greet", Json::object())})
                      .dump();
  example.target = calls;
  example.references = {calls};
  example.where = "train.jsonl:1";
  example.calls = true;
  return example;
}

class UnderTemplate : public testing::TestWithParam<Model> {
 protected:
  void SetUp() override { TUNEVAL_NEED_SHARED_DATA(); }
};

TEST_P(UnderTemplate, SkillsAreFound) {
  const TemplateSkills found = open(GetParam()).skills, &expected = GetParam().skills;
  EXPECT_EQ(found.system, expected.system);
  EXPECT_EQ(found.tools, expected.tools);
  EXPECT_EQ(found.calls, expected.calls);
  EXPECT_EQ(found.several_calls, expected.several_calls);
  EXPECT_EQ(found.results, expected.results);
}

TEST_P(UnderTemplate, LearnedAnswersAreTheTargets) {
  const ChatText text = open(GetParam());
  for (const char* calls :
       {R"([{"name":"block_card","arguments":{"card":"it's \"mine\"\n"}}])",
        R"([{"name":"block_card","arguments":{"card":"C:\\new"}}])",
        R"([{"name":"block_card","arguments":{"card":"1"}},{"name":"greet","arguments":{}}])",
        R"([{"name":"greet","arguments":{"n":1.0,"big":12345678901234567890123,"l":[true,null]}}])",
        "[]"}) {
    EXPECT_EQ(learned_answer(text, asking_for(calls)), calls);
  }
}

TEST_P(UnderTemplate, ATargetThatIsNoCallIsLearnedAsItIs) {
  const ChatText text = open(GetParam());
  EXPECT_EQ(learned_answer(text, asking_for("Which card?")), "Which card?");
}

TEST_P(UnderTemplate, TargetsAreWhatTheTemplateWrites) {
  const ChatText text = open(GetParam());
  const Example example = asking_for(R"([{"name":"block_card","arguments":{"card":"1"}}])");
  if (text.skills.calls) {
    EXPECT_TRUE(is_as_template_writes(text, example));
  } else {
    const std::string written = write_wire_calls(text.wire_form, *read_calls(example.target));
    EXPECT_EQ(completion_text(text, example, completion_of(text, example)), written);
  }
}

TEST_P(UnderTemplate, ThePromptShowsToolsCallsAndResults) {
  const ChatText text = open(GetParam());
  Example example = asking_for("[]");
  example.messages.push_back(
      {"assistant", "",
       R"([{"type":"function","function":{"name":"block_card","arguments":{"card":"first"}}}])"});
  example.messages.push_back({"tool", "The first is blocked.", ""});
  example.messages.push_back({"user", "The others too", ""});
  example.messages.push_back(
      {"assistant", "",
       R"([{"function":{"name":"block_card","arguments":"{\"card\": \"second\"}"}},)"
       R"({"name":"block_card","parameters":{"card":"third"}}])"});
  example.messages.push_back({"tool", "The second is blocked.", ""});
  example.messages.push_back({"tool", "The third is not.", ""});
  const std::string prompt = prompt_text(text, example);
  size_t at = 0;
  for (const char* part : {"Block my card", "first", "The first is blocked.", "The others too",
                           "second", "third", "The second is blocked.", "The third is not."}) {
    at = prompt.find(part, at);
    ASSERT_NE(at, prompt.npos) << part << " is not in its place in: " << prompt;
  }
  for (const char* part : {"Serve the bank.", "\"greet\"", "\"properties\""}) {
    expect_contains(prompt, part);
  }
  EXPECT_EQ(learned_answer(text, example), "[]");
}

TEST_P(UnderTemplate, AConversationWithoutToolsStaysAsItIs) {
  const ChatText text = open(GetParam());
  Example example;
  example.messages = {{"system", "Be kind.", ""},
                      {"user", "Hello", ""},
                      {"assistant", "Hi", ""},
                      {"user", "How are you?", ""}};
  example.target = "Well. <tool_call>";
  Json messages = Json::array();
  for (const Message& message : example.messages) {
    messages.push_back({{"role", message.role}, {"content", message.content}});
  }
  EXPECT_EQ(prompt_text(text, example),
            text.chat_template->render(messages, Json(), true, text.variables));
  const std::vector<int64_t> ids = completion_of(text, example);
  EXPECT_EQ(completion_text(text, example, ids), "Well. ");  // special tokens are left out
  EXPECT_EQ(answer_text(text.wire_form, example, "[]"), "[]");
  EXPECT_EQ(text.tokenizer.decode(ids, false), "Well. <tool_call>");
}

INSTANTIATE_TEST_SUITE_P(All, UnderTemplate, testing::ValuesIn(test::kModels),
                         [](const auto& one) { return std::string(one.param.name); });

/// As those of Gemma 2: no system, and turns take turns.
constexpr const char* kStrict = R"({% for m in messages %}{% if m.role == 'system' %}
{{ raise_exception('no system') }}{% endif %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}
{{ raise_exception('turns') }}{% endif %}[{{ m.role }}]{{ m.content }}{% endfor %})";

TEST(ShowConversation, PutsToolsIntoTheFirstTurnWhereThereIsNoSystem) {
  const std::optional<ChatTemplate> strict = ChatTemplate(kStrict, Json::object());
  const TemplateSkills skills = find_skills(strict, Json::object());
  EXPECT_FALSE(skills.system);
  Example example = asking_for("[]");
  example.messages.push_back({"assistant", "So.", R"([{"name":"greet","arguments":{}}])"});
  example.messages.push_back({"tool", "Done.", ""});
  example.messages.push_back({"user", "And?", ""});
  const ShownConversation shown = show_conversation(example, WireForm::fenced, skills);
  EXPECT_TRUE(shown.tools.is_null());
  ASSERT_EQ(shown.messages.size(), 3u);
  const auto first = shown.messages[0]["content"].get<std::string>();
  EXPECT_TRUE(first.starts_with("Serve the bank.\n\nYou can call")) << first;
  EXPECT_TRUE(first.ends_with("\n\nBlock my card")) << first;
  EXPECT_EQ(shown.messages[1]["content"], "So.\n```tool_code\ngreet()\n```");
  EXPECT_EQ(shown.messages[2]["content"], "```tool_output\nDone.\n```\n\nAnd?");
  EXPECT_NO_THROW(strict->render(shown.messages, shown.tools, true, Json()));
}

TEST(ShowConversation, WithoutATemplateAllIsText) {
  const ShownConversation shown =
      show_conversation(asking_for("[]"), WireForm::json, find_skills(std::nullopt, Json()));
  ASSERT_EQ(shown.messages.size(), 2u);
  expect_contains(shown.messages[0]["content"].get<std::string>(), "\"block_card\"");
}

}  // namespace
}  // namespace tuneval
