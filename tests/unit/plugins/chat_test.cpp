#include "plugin_test.h"

namespace tuneval {
namespace {

std::shared_ptr<const TaskType> make(const std::string& options = "{}") {
  return plugins().make_task_type("chat", task_options(options));
}

TEST(ChatTest, TheLastTurnIsTheTarget) {
  const Example example = make()->read(row_of(R"({"messages": [
      {"role": "system", "content": "Be brief."},
      {"role": "user", "content": "Hello"},
      {"role": "assistant", "content": null, "tool_calls": [{"name": "look"}]},
      {"role": "tool", "content": "found"},
      {"role": "assistant", "content": " Hi.\n"}], "tools": [{"name": "look"}]})"));
  ASSERT_EQ(example.messages.size(), 4u);
  EXPECT_EQ(example.messages[0].role, "system");
  EXPECT_EQ(example.messages[1].content, "Hello");
  EXPECT_EQ(example.messages[2].tool_calls, R"([{"name":"look"}])");
  EXPECT_EQ(example.messages[2].content, "");
  EXPECT_EQ(example.tools, R"([{"name":"look"}])");
  EXPECT_EQ(example.target, " Hi.\n");
  EXPECT_EQ(example.references, std::vector<std::string>{"Hi."});
  EXPECT_EQ(make()->parse(example, example.target).text, example.references[0]);
  EXPECT_EQ(example.group, "train.jsonl:7");
  EXPECT_EQ(make()->metrics(), (std::vector<std::string>{"rouge_l", "accuracy", "format_valid"}));
}

TEST(ChatTest, ThePromptIsTheConversationAlone) {
  const auto type = plugins().make_task_type("chat", task_options("{}", "Answer in rhymes."));
  const Example example = type->read(row_of(R"({"messages": [
      {"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]})"));
  ASSERT_EQ(example.messages.size(), 1u);
  EXPECT_EQ(example.messages[0].role, "user");
  EXPECT_EQ(example.messages[0].content, "Hello");
}

TEST(ChatTest, AToolsResultMayBeAnyJson) {
  const Example example = make()->read(row_of(R"({"messages": [
      {"role": "user", "content": "Hello"},
      {"role": "assistant", "tool_calls": [{"name": "look"}]},
      {"role": "tool", "content": {"found": 2}}, {"role": "assistant", "content": "Hi."}]})"));
  EXPECT_EQ(example.messages[2].content, R"({"found":2})");
}

TEST(ChatTest, RowsOfOneConversationMaySayWhichItIs) {
  const Example example = make()->read(row_of(R"({"group": "talk 3", "messages": [
      {"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]})"));
  EXPECT_EQ(example.group, "talk 3");
}

TEST(ChatTest, BadRowsAreNamed) {
  const auto bad = [](const std::string& messages) {
    return data_error([&] { make()->read(row_of("{\"messages\": " + messages + "}")); });
  };
  const std::string user = R"({"role": "user", "content": "x"})";
  EXPECT_EQ(data_error([&] { make()->read(row_of("{}")); }),
            "train.jsonl:7: \"messages\" is missing");
  EXPECT_EQ(bad("[]"),
            "train.jsonl:7: \"messages\" holds 0 turns: expected a prompt and the "
            "assistant's answer");
  EXPECT_EQ(bad("[" + user + "," + user + "]"),
            "train.jsonl:7: messages[1]: \"role\" is \"user\": expected the last turn to be the "
            "assistant's");
  EXPECT_EQ(bad("[" + user + R"(, {"role": "bot", "content": "y"}])"),
            "train.jsonl:7: messages[1]: \"role\" is \"bot\": expected system, user, assistant or "
            "tool");
  EXPECT_EQ(bad("[" + user + R"(, {"role": "assistant", "content": " "}])"),
            "train.jsonl:7: messages[1]: \"content\" is empty");
  EXPECT_EQ(bad("[" + user + R"(, {"role": "assistant"}])"),
            "train.jsonl:7: messages[1]: \"content\" is missing");
  EXPECT_EQ(bad(R"([{"role": "user", "content": 7}, )" + user + "]"),
            "train.jsonl:7: messages[0]: \"content\" is 7: expected a string");
  EXPECT_EQ(bad("[" + user + R"(, {"role": "assistant", "tool_calls": [{}]}])"),
            "train.jsonl:7: messages[1]: \"tool_calls\" cannot be the answer of a chat task");
  EXPECT_EQ(bad("[" + user + R"(, {"role": "assistant", "content": "y", "tool_calls": "z"}])"),
            "train.jsonl:7: messages[1]: \"tool_calls\" is \"z\": expected an array of objects");
}

TEST(ChatTest, AnyTextButNoneIsAnAnswer) {
  EXPECT_EQ(make()->parse({}, "\n two lines\nof text ").text, "two lines\nof text");
  EXPECT_FALSE(make()->parse({}, " \n").parsed);
}

TEST(ChatTest, TheTokenLimitIsAnOption) {
  EXPECT_EQ(make()->decoding().max_new_tokens, 256);
  EXPECT_EQ(make(R"({"max_new_tokens": 9})")->decoding().max_new_tokens, 9);
  EXPECT_EQ(data_error([] { make(R"({"max_token": 9})"); }),
            "pack.toml: \"max_token\" is not an option of chat: expected max_new_tokens");
}

}  // namespace
}  // namespace tuneval
