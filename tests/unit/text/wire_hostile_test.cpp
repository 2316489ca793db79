// Completions that were made to break a reader of tool calls.
#include "framework/text/wire_form.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace tuneval {
namespace {

constexpr std::array<WireForm, 5> kForms = {WireForm::json, WireForm::tagged_json,
                                            WireForm::parameters, WireForm::pythonic,
                                            WireForm::fenced};
constexpr const char* kTools = R"([{"type": "function", "function": {"name": "f", "parameters":
    {"type": "object", "properties": {"x": {"type": "integer"}, "a": {"type": "string"}}}}}])";

std::optional<std::string> read(std::string_view completion, WireForm first) {
  return read_wire_calls(completion, first, kTools);
}

std::string repeated(std::string_view part, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

TEST(HostileCalls, AreReadInLinearTime) {
  constexpr size_t kSize = 1 << 20;
  const std::vector<std::string> parts = {
      "[",
      "{",
      "(",
      "\"",
      "'",
      "\\",
      "```",
      "<tool_call>",
      "<|tool_call_start|>",
      "<|python_tag|>",
      "<think>",
      "</think>",
      "a",
      " ",
      "\n",
      "f(",
      "f(x=",
      "f(x=1,",
      "[f(x='",
      "'',",
      "' ,",
      "'),",
      "[[]",
      "{\"a\":",
      "[{",
      "{'a':",
      "**{",
      "-",
      "1",
      "1.",
      "\xff",
      "\xc3",
      "\\u",
      "'''",
      "\"\"\"",
      "f(x=1)\n",
      "f(1)\n",
      "```\n[f(x='[')]\n```\n",
      "```\nf(x='{')\n```\n",
      "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>",
      "{\"name\":\"f\",\"arguments\":{}}",
      "<|tool_call_start|>[f(x='it's')]<|tool_call_end|>",
      "<tool_call>{\"name\":\"f\"}",
      "{\"name\":\"f\",\"arguments\":\"",
      "{\"function\":",
      "<tool_call>[[[[",
      "; "};
  const std::vector<std::string> heads = {"",
                                          "[f(x=",
                                          "[f(x='",
                                          "```\n",
                                          "<tool_call>",
                                          "<|tool_call_start|>[",
                                          "{\"name\":\"f\",\"arguments\":{\"a\":"};
  for (const std::string& part : parts) {
    for (const std::string& head : heads) {
      const std::string text = head + repeated(part, kSize);
      SCOPED_TRACE(head + part);
      const auto start = std::chrono::steady_clock::now();
      read(text, WireForm::pythonic);
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    }
  }
}

TEST(HostileCalls, AHugeOneIsRead) {
  const std::string value = repeated("it's \"x\", ", 1 << 20);
  const std::vector<ToolCall> calls = {{"f", "{\"a\":" + nlohmann::json(value).dump() + "}"}};
  for (const WireForm form : kForms) {
    EXPECT_EQ(read(write_wire_calls(form, calls), form), write_calls(calls));
  }
}

TEST(HostileCalls, NestedDeeplyAreNone) {
  for (const size_t depth : {1000, 100000}) {
    const std::string open(depth, '['), close(depth, ']');
    for (const std::string& text : {"[f(x=" + open + close + ")]",
                                    R"({"name":"f","arguments":{"x":)" + open + close + "}}"}) {
      EXPECT_FALSE(read(text, WireForm::json));
    }
  }
}

}  // namespace
}  // namespace tuneval
