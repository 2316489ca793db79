#include "tool_rows.h"

namespace tuneval {
namespace {

const TaskMaker& make = make_tool_calling();

TEST(ToolCallingRefusalsTest, BadToolsAreNamed) {
  const auto bad = [](const std::string& tools) {
    return make.refusal("{\"tools\": " + tools + "}");
  };
  EXPECT_EQ(bad("[]"), "pack.toml: \"tools\" is empty: expected function schemas");
  EXPECT_EQ(bad("{}"), "pack.toml: \"tools\" is {}: expected an array of objects");
  EXPECT_EQ(bad("\"x\""), "pack.toml: \"tools\" is a text that does not hold JSON");
  EXPECT_EQ(bad("[{}]"), "pack.toml: tools[0]: \"name\" is missing");
  EXPECT_EQ(bad(R"([{"function": {}}])"), "pack.toml: tools[0]: function: \"name\" is missing");
  EXPECT_EQ(bad(R"([{"name": " "}])"), "pack.toml: tools[0]: \"name\" is empty");
  EXPECT_EQ(bad(R"([{"name": "a"}, {"name": "a"}])"), "pack.toml: \"tools\" holds \"a\" twice");
  EXPECT_EQ(bad(R"([{"name": "a", "parameters": []}])"),
            "pack.toml: tools[0]: \"parameters\" is []: expected an object");
  EXPECT_EQ(bad(R"([{"type": "retrieval", "function": {"name": "a"}}])"),
            "pack.toml: tools[0]: \"type\" is \"retrieval\": expected function");
}

TEST(ToolCallingRefusalsTest, OptionsAreStrict) {
  EXPECT_EQ(make.refusal(R"({"tool": []})"),
            "pack.toml: \"tool\" is not an option of tool_calling: expected tools, prompt, "
            "max_new_tokens, constrained or refusals");
  EXPECT_EQ(make.refusal(R"({"refusals": "yes"})"),
            "pack.toml: \"refusals\" is \"yes\": expected true or false");
  EXPECT_EQ(make.refusal(R"({"max_new_tokens": 0})"), "pack.toml: \"max_new_tokens\" is below 1");
  EXPECT_EQ(make.refusal(R"({"prompt": "{tools}"})"),
            "pack.toml: \"prompt\" holds {tools}: expected {description}");
}

TEST(ToolCallingRefusalsTest, TurnsMustFollowEachOther) {
  const auto bad = [](const std::string& turns) { return make.bad(messages(turns), options()); };
  const std::string at = "train.jsonl:7: ";
  const std::string words = R"({"role": "assistant", "content": "Hi."})";
  const std::string system = R"({"role": "system", "content": "s"})";
  const std::string tool = R"({"role": "tool", "content": "t"})";
  EXPECT_EQ(bad(""), at + "\"messages\" is empty: expected the turns of a conversation");
  EXPECT_EQ(bad(kStop), at + "messages[0]: \"role\" is \"assistant\" at the start: expected system "
                             "or user");
  EXPECT_EQ(bad(kUser + "," + kUser),
            at + "messages[1]: \"role\" is \"user\" after the user's turn: expected assistant");
  EXPECT_EQ(bad(kUser + "," + system),
            at + "messages[1]: \"role\" is \"system\" after the user's turn: expected assistant");
  EXPECT_EQ(bad(system + "," + kStop),
            at + "messages[1]: \"role\" is \"assistant\" after the system's turn: expected user");
  EXPECT_EQ(bad(kUser + "," + words + "," + tool),
            at + "messages[2]: \"role\" is \"tool\" after the assistant's turn without a call: "
                 "expected user");
  EXPECT_EQ(bad(kUser + "," + kStop + "," + kStop),
            at + "messages[2]: \"role\" is \"assistant\" after the assistant's turn with a call: "
                 "expected tool or user");
  EXPECT_EQ(bad(kUser + "," + kStop + "," + tool + "," + system),
            at + "messages[3]: \"role\" is \"system\" after the tool's turn: expected tool, "
                 "assistant or user");
  EXPECT_EQ(bad(kUser), at + "\"messages\" ends with a turn of the user: expected the assistant's "
                             "answer");
  EXPECT_EQ(make.bad(R"({"question": [{"role": "system", "content": "s"}],
                         "answer": {"name": "stop"}})",
                     options()),
            at + "\"question\" ends with a turn of the system: expected the user's, or a tool's "
                 "result");
}

TEST(ToolCallingRefusalsTest, BadTurnsAreNamed) {
  const auto bad = [](const std::string& turn) {
    return make.bad(messages(kUser + "," + turn), options());
  };
  const auto bad_call = [&](const std::string& call) {
    return bad(R"({"role": "assistant", "tool_calls": [)" + call + "]}");
  };
  const std::string at = "train.jsonl:7: messages[1]: ";
  EXPECT_EQ(bad(R"({"content": "x"})"), at + "\"role\" is missing");
  EXPECT_EQ(bad(R"({"role": "bot", "content": "x"})"),
            at + "\"role\" is \"bot\": expected system, user, assistant or tool");
  EXPECT_EQ(bad(R"({"role": "assistant", "content": " "})"), at + "\"content\" is empty");
  EXPECT_EQ(bad(R"({"role": "assistant", "content": 7})"),
            at + "\"content\" is 7: expected a string");
  EXPECT_EQ(bad(R"({"role": "assistant", "tool_calls": "x"})"),
            at + "\"tool_calls\" is \"x\": expected an array of objects");
  EXPECT_EQ(bad(R"({"role": "user", "content": "x", "tool_calls": [{"name": "stop"}]})"),
            at + "\"tool_calls\" stands in a turn of the user: expected the assistant's");
  EXPECT_EQ(bad_call("{}"), at + "tool_calls[0]: \"name\" is missing");
  EXPECT_EQ(bad_call(R"({"function": {"name": ""}})"),
            at + "tool_calls[0]: function: \"name\" is empty");
  EXPECT_EQ(bad_call(R"({"name": "stop", "arguments": 7})"),
            at + "tool_calls[0]: \"arguments\" is 7: expected an object");
  EXPECT_EQ(bad_call(R"({"name": "stop", "parameters": "[1]"})"),
            at + "tool_calls[0]: \"parameters\" is \"[1]\": expected an object, or a text that "
                 "holds one");
  EXPECT_EQ(bad_call(R"({"name": "stop", "parameters": {}, "arguments": {}})"),
            at + "tool_calls[0]: \"parameters\" stands beside \"arguments\": expected one of them");
  EXPECT_EQ(bad_call(R"({"id": 5, "name": "stop"})"),
            at + "tool_calls[0]: \"id\" is 5: expected a string");
}

TEST(ToolCallingRefusalsTest, BadRowsAreNamed) {
  const auto bad = [](const std::string& row) { return make.bad(row, options()); };
  const std::string at = "train.jsonl:7: ";
  EXPECT_EQ(bad("{}"), at + "\"messages\" is missing");
  EXPECT_EQ(bad(R"({"messages": 7})"), at + "\"messages\" is 7: expected an array of objects");
  EXPECT_EQ(bad(R"({"question": " "})"), at + "\"question\" is empty");
  EXPECT_EQ(bad(R"({"question": 7})"), at + "\"question\" is 7: expected a string");
  EXPECT_EQ(bad(R"({"question": "x"})"), at + "\"answer\" is missing");
  EXPECT_EQ(bad(R"({"question": "x", "answer": "stop it"})"),
            at + "\"answer\" is not JSON: expected a call {\"name\", \"arguments\"} or an array");
  EXPECT_EQ(bad(R"({"question": "x", "answer": [7]})"),
            at + "\"answer\" is [7]: expected an array of objects");
  EXPECT_EQ(bad(R"({"question": "x", "answer": {"parameters": {}}})"),
            at + "answer[0]: \"name\" is missing");
  EXPECT_EQ(bad(R"({"question": "x", "answer": {"name": "jump"}})"),
            at + "\"answer\" calls \"jump\", which is no tool here: expected look or stop");
  EXPECT_EQ(bad(messages(kUser + R"(, {"role": "assistant", "tool_calls": [{"name": "jump"}]})")),
            at + "\"messages\" calls \"jump\", which is no tool here: expected look or stop");
  EXPECT_EQ(make.bad(R"({"question": "x", "answer": {"name": "stop"}})"),
            at + "\"tools\" is missing, and the pack's options have none: expected function "
                 "schemas");
  EXPECT_EQ(bad(R"({"question": "x", "answer": {"name": "stop"}, "tools": [7]})"),
            at + "\"tools\" is [7]: expected an array of objects");
}

}  // namespace
}  // namespace tuneval
