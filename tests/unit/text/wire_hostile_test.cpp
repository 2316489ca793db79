// Completions that were made to break a reader of tool calls.
#include "framework/text/wire_form.h"

#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {
namespace {

constexpr std::array<WireForm, 5> kForms = {WireForm::json, WireForm::tagged_json,
                                            WireForm::parameters, WireForm::pythonic,
                                            WireForm::fenced};
constexpr const char* kTools = R"([{"type": "function", "function": {"name": "f", "parameters":
    {"type": "object", "properties": {"x": {"type": "integer"}, "a": {"type": "string"}}}}}])";

#ifdef __SANITIZE_ADDRESS__
constexpr double kLimit = 20.0;
#else
constexpr double kLimit = 4.0;
#endif

std::optional<std::string> read(std::string_view completion, WireForm first) {
  return read_wire_calls(completion, first, kTools);
}

std::string repeated(std::string_view part, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

/// What completions are made of, over and over: marks, brackets, quotes, and calls whole and torn.
constexpr auto kParts =
    std::to_array<std::string_view>({"[",
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
                                     "; "});

/// What they begin with: nothing, an open string of a Python call, and marks.
constexpr auto kHeads = std::to_array<std::string_view>(
    {"", "[f(x='", "```\n", "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":"});

/// Seconds of processor time that reading a megabyte takes: a busy machine is no fault.
double seconds_to_read(std::string_view head, std::string_view part) {
  const std::string text = std::string(head) + repeated(part, size_t{1} << 20);
  const std::clock_t start = std::clock();
  read(text, WireForm::pythonic);
  return double(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST(HostileCalls, AMegabyteIsReadFast) {
  for (const std::string_view part : kParts) {
    for (const std::string_view head : kHeads) {
      EXPECT_LT(seconds_to_read(head, part), kLimit) << head << part;
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
