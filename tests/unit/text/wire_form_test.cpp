// Tool calls in the forms that models write.
#include "framework/text/wire_form.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/unit/text/support.h"

namespace tuneval {
namespace {

using test::expect_contains;

constexpr std::array<WireForm, 5> kForms = {WireForm::json, WireForm::tagged_json,
                                            WireForm::parameters, WireForm::pythonic,
                                            WireForm::fenced};
constexpr const char* kNothing = "nothing";
constexpr const char* kTools = R"([{"type": "function", "function": {"name": "f", "parameters":
    {"type": "object", "properties": {"x": {"type": "integer"}, "a": {"type": "string"}}}}}])";

std::string read(std::string_view completion, WireForm first = WireForm::json) {
  return read_wire_calls(completion, first, kTools).value_or(kNothing);
}

struct Case {
  const char* name;
  const char* completion;
  const char* calls;
};

class Reads : public testing::TestWithParam<Case> {};

TEST_P(Reads, TheSameWhateverFormIsTriedFirst) {
  for (const WireForm form : kForms) EXPECT_EQ(read(GetParam().completion, form), GetParam().calls);
}

constexpr const char* kF = R"([{"name":"f","arguments":{"x":1}}])";
constexpr const char* kFG = R"([{"name":"f","arguments":{"x":1}},{"name":"g","arguments":{}}])";

const std::vector<Case> kTagged = {
    {"one", "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>", kF},
    {"two", R"(<tool_call>{"name":"f","arguments":{"x":1}}</tool_call>
<tool_call>{"name":"g","arguments":{}}</tool_call>)",
     kFG},
    {"list",
     R"(<tool_call>[{"name":"f","arguments":{"x":1}},{"name":"g","arguments":{}}]</tool_call>)",
     kFG},
    {"lines",
     "<tool_call>\n{\"name\":\"f\",\"arguments\":{\"x\":1}}\n{\"name\":\"g\",\"arguments\":{}}\n"
     "</tool_call>",
     kFG},
    {"prose", R"(Let me see. <tool_call>{"name":"f","arguments":{"x":1}}</tool_call> Done.)", kF},
    {"unclosed_at_end", R"(<tool_call>{"name":"f","arguments":{"x":1}})", kF},
    {"unclosed_between",
     R"(<tool_call>{"name":"f","arguments":{"x":1}}<tool_call>{"name":"g","arguments":{}}</tool_call>)",
     kFG},
    {"unclosed_before_prose", R"(<tool_call>{"name":"f","arguments":{"x":1}} Done.)", kNothing},
    {"cut_off", R"(<tool_call>{"name":"f","arguments":{"x":)", kNothing},
    {"one_broken",
     R"(<tool_call>{"name":"f","arguments":{"x":1}}</tool_call><tool_call>{"name"}</tool_call>)",
     kNothing},
    {"tag_in_text", R"(<tool_call>{"name":"f","arguments":{"a":"</tool_call>"}}</tool_call>)",
     R"([{"name":"f","arguments":{"a":"</tool_call>"}}])"},
    {"behind_reasoning",
     R"(<think>A <tool_call> may help.</think><tool_call>{"name":"f","arguments":{"x":1}}</tool_call>)",
     kF},
    {"only_in_reasoning",
     R"(<think><tool_call>{"name":"f","arguments":{"x":1}}</tool_call></think>No.)", kNothing},
    {"unfinished_reasoning", R"(<think><tool_call>{"name":"f","arguments":{"x":1}}</tool_call>)",
     kNothing},
    {"reasoning_begun_in_prompt", "So.</think>\n{\"name\":\"f\",\"arguments\":{\"x\":1}}", kF},
};

const std::vector<Case> kJson = {
    {"object", R"( {"name": "f", "arguments": {"x": 1}} )", kF},
    {"parameters", R"({"name": "f", "parameters": {"x": 1}})", kF},
    {"array", R"([{"name": "f", "arguments": {"x": 1}}, {"name": "g", "parameters": {}}])", kFG},
    {"openai",
     R"({"id": "1", "type": "function", "function": {"name": "f", "arguments": {"x": 1}}})", kF},
    {"openai_text",
     R"([{"type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}}])", kF},
    {"empty_text", R"({"name": "g", "arguments": ""})", R"([{"name":"g","arguments":{}}])"},
    {"null_arguments", R"({"name": "g", "arguments": null})", R"([{"name":"g","arguments":{}}])"},
    {"none", "[]", "[]"},
    {"escaped_name", R"({"name": "\u0066", "arguments": {"x": 1}})", kF},
    {"order_and_digits", R"({"arguments": {"b": 1.50, "a": 12345678901234567890123}, "name": "g"})",
     R"([{"name":"g","arguments":{"b":1.50,"a":12345678901234567890123}}])"},
    {"prose_before", R"(Sure: {"name": "f", "arguments": {"x": 1}})", kNothing},
    {"prose_behind", R"({"name": "f", "arguments": {"x": 1}} as asked)", kNothing},
    {"no_name", R"({"arguments": {"x": 1}})", kNothing},
    {"empty_name", R"({"name": "", "arguments": {"x": 1}})", kNothing},
    {"number_as_name", R"({"name": 1, "arguments": {"x": 1}})", kNothing},
    {"no_arguments", R"({"name": "f"})", kNothing},
    {"list_as_arguments", R"({"name": "f", "arguments": [1]})", kNothing},
    {"text_as_arguments", R"({"name": "f", "arguments": "x=1"})", kNothing},
    {"list_of_text", R"(["f"])", kNothing},
    {"function_in_function", R"({"function": {"function": {"name": "f", "arguments": {"x": 1}}}})",
     kNothing},
    {"broken", R"({"name": "f", "arguments": {"x": 1})", kNothing},
    {"answer", "The balance is 12.", kNothing},
    {"empty", "", kNothing},
    {"space", " \n", kNothing},
};

const std::vector<Case> kLlama = {
    {"separated", R"({"name": "f", "parameters": {"x": 1}}; {"name": "g", "parameters": {}})", kFG},
    {"lines",
     "{\"name\": \"f\", \"parameters\": {\"x\": 1}}\n{\"name\": \"g\", \"parameters\": {}}", kFG},
    {"separator_at_end", R"({"name": "f", "parameters": {"x": 1}};)", kF},
    {"python_tag", R"(<|python_tag|>{"name": "f", "parameters": {"x": 1}})", kF},
    {"prose_before_tag", R"(One moment.<|python_tag|>{"name": "f", "parameters": {"x": 1}})", kF},
    {"prose_behind_tag", R"(<|python_tag|>{"name": "f", "parameters": {"x": 1}} ok)", kNothing},
    {"tags", R"(<|python_tag|>{"name": "f", "parameters": {"x": 1}}<|python_tag|>{"name": "g",
        "parameters": {}})",
     kFG},
    {"built_in", R"(<|python_tag|>brave_search.call(query="cats"))",
     R"([{"name":"brave_search","arguments":{"query":"cats"}}])"},
    {"code", "<|python_tag|>print(1)", kNothing},
};

const std::vector<Case> kPythonic = {
    {"one", "<|tool_call_start|>[f(x=1)]<|tool_call_end|>", kF},
    {"two", "<|tool_call_start|>[f(x=1), g()]<|tool_call_end|>", kFG},
    {"two_blocks",
     "<|tool_call_start|>[f(x=1)]<|tool_call_end|><|tool_call_start|>[g()]<|tool_call_end|>", kFG},
    {"prose", "Yes. <|tool_call_start|>[f(x=1)]<|tool_call_end|>Looking it up.", kF},
    {"unclosed_at_end", "<|tool_call_start|>[f(x=1)]", kF},
    {"cut_off", "<|tool_call_start|>[f(x=1", kNothing},
    {"no_marks", " [f(x=1), g(),] ", kFG},
    {"no_marks_and_prose", "I call [f(x=1)].", kNothing},
    {"no_list", "f(x=1)", kNothing},
    {"by_position", "[f(1, \"b\")]", R"([{"name":"f","arguments":{"x":1,"a":"b"}}])"},
    {"by_position_then_name", "[f(1, a='b')]", R"([{"name":"f","arguments":{"x":1,"a":"b"}}])"},
    {"too_many", "[f(1, 2, 3)]", kNothing},
    {"position_of_the_unknown", "[g(1)]", kNothing},
    {"json_inside", R"(<|tool_call_start|>[{"name": "f", "arguments": {"x": 1}}]<|tool_call_end|>)",
     kF},
    {"words", "[g(a=True, b=False, c=None, d=true, e=null)]",
     R"([{"name":"g","arguments":{"a":true,"b":false,"c":null,"d":true,"e":null}}])"},
    {"numbers", "[g(a=-1, b=+2, c=1., d=.5, e=1e3, f=-2.5E-3)]",
     R"([{"name":"g","arguments":{"a":-1,"b":2,"c":1.0,"d":0.5,"e":1e3,"f":-2.5E-3}}])"},
    {"nested", "[g(a=[1, ('x',), (), (2), {'k': [True], 3: {}}])]",
     R"([{"name":"g","arguments":{"a":[1,["x"],[],2,{"k":[true],"3":{}}]}}])"},
    {"escapes",
     R"([g(a='it\'s', b="a\n\t\\\"b", c='\x41\u00e9\U0001F600\101', d='\d\ud83d\ude00')])",
     R"([{"name":"g","arguments":{"a":"it's","b":"a\n\t\\\"b","c":"Aé😀A","d":"\\d😀"}}])"},
    {"half_a_pair", R"([g(a='\ud83d', b='\ud83d\u0041', c='\u12')])",
     R"([{"name":"g","arguments":{"a":"�","b":"�A","c":"\\u12"}}])"},
    {"triple", "[g(a='''it's\n''', b=\"\"\"say \"a\" \"\"\")]",
     R"([{"name":"g","arguments":{"a":"it's\n","b":"say \"a\" "}}])"},
    {"odd_names", "[math.fact-2(**{'first name': 1}, from='b', in-place=2)]",
     R"([{"name":"math.fact-2","arguments":{"first name":1,"from":"b","in-place":2}}])"},
    {"unescaped", "<|tool_call_start|>[g(a='it's', b='say 'a, b'')]<|tool_call_end|>",
     R"([{"name":"g","arguments":{"a":"it's","b":"say 'a, b'"}}])"},
    {"unescaped_brackets", "[g(a='f('x')'), g(a='don't')]",
     R"~([{"name":"g","arguments":{"a":"f('x')"}},{"name":"g","arguments":{"a":"don't"}}])~"},
    {"leading_zero", "[g(a=007)]", kNothing},
    {"too_large", "[g(a=1e999)]", kNothing},
    {"no_value", "[g(a=)]", kNothing},
    {"no_comma", "[g(a=1 b=2)]", kNothing},
    {"expression", "[g(a=1+2)]", kNothing},
    {"variable", "[g(a=b)]", kNothing},
    {"not_utf8", "[g(a='\xff')]", R"([{"name":"g","arguments":{"a":"�"}}])"},
    {"unclosed_quote", "[g(a='b)]", kNothing},
    {"list_of_numbers", "[1, 2]", kNothing},
};

const std::vector<Case> kFenced = {
    {"code", "```tool_code\nf(x=1)\n```", kF},
    {"two_lines", "```tool_code\nf(x=1)\ng()\n```", kFG},
    {"list", "```tool_code\n[f(x=1), g()]\n```", kFG},
    {"two_fences", "```tool_code\nf(x=1)\n```\nand\n```tool_code\ng()\n```", kFG},
    {"json", "```json\n{\"name\": \"f\", \"parameters\": {\"x\": 1}}\n```", kF},
    {"python", "```python\nf(x=1)\n```", kF},
    {"no_language", "```\nf(x=1)\n```", kF},
    {"one_line", "```f(x=1)```", kF},
    {"one_line_of_json", "```json{\"name\": \"f\", \"arguments\": {\"x\": 1}}```", kF},
    {"prose", "Okay, I call it:\n```tool_code\nf(x=1)\n```\nWait for it.", kF},
    {"unclosed_at_end", "```tool_code\nf(x=1)\n", kF},
    {"fence_in_text", "```tool_code\nf(a=\"\"\"```x```\"\"\")\n```",
     R"([{"name":"f","arguments":{"a":"```x```"}}])"},
    {"other_code", "```tool_code\nf(x=1)\n```\n```python\nx = 1\n```", kNothing},
    {"other_json", "```json\n{\"x\": 1}\n```", kNothing},
    {"nothing_inside", "```\n```", kNothing},
    {"only_a_fence", "```", kNothing},
};

std::string case_name(const testing::TestParamInfo<Case>& one) { return one.param.name; }
INSTANTIATE_TEST_SUITE_P(Tagged, Reads, testing::ValuesIn(kTagged), case_name);
INSTANTIATE_TEST_SUITE_P(Json, Reads, testing::ValuesIn(kJson), case_name);
INSTANTIATE_TEST_SUITE_P(Llama, Reads, testing::ValuesIn(kLlama), case_name);
INSTANTIATE_TEST_SUITE_P(Pythonic, Reads, testing::ValuesIn(kPythonic), case_name);
INSTANTIATE_TEST_SUITE_P(Fenced, Reads, testing::ValuesIn(kFenced), case_name);

TEST(WireForm, IsWrittenAsModelsDo) {
  const auto calls = *read_calls(
      R"([{"name":"f","arguments":{"a":"it's \"é\"\n","b":[1,true,null]}},{"name":"g","arguments":{}}])");
  const auto written = [&](WireForm form) { return write_wire_calls(form, calls); };
  EXPECT_EQ(written(WireForm::json),
            R"([{"name": "f", "arguments": {"a": "it's \"é\"\n", "b": [1, true, null]}}, )"
            R"({"name": "g", "arguments": {}}])");
  EXPECT_EQ(written(WireForm::tagged_json),
            "<tool_call>\n"
            R"({"name": "f", "arguments": {"a": "it's \"é\"\n", "b": [1, true, null]}})"
            "\n</tool_call>\n<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>");
  EXPECT_EQ(written(WireForm::parameters),
            R"({"name": "f", "parameters": {"a": "it's \"é\"\n", "b": [1, true, null]}}; )"
            R"({"name": "g", "parameters": {}})");
  EXPECT_EQ(written(WireForm::pythonic),
            R"(<|tool_call_start|>[f(a="it's \"é\"\n", b=[1, True, None]), g()]<|tool_call_end|>)");
  EXPECT_EQ(written(WireForm::fenced),
            "```tool_code\nf(a=\"it's \\\"é\\\"\\n\", b=[1, True, None])\ng()\n```");
}

// What a form must carry without loss.
const std::vector<std::string> kOdd = {
    "[]",
    R"([{"name":"f","arguments":{}}])",
    R"([{"name":"no python name","arguments":{"a":1}},{"name":"g","arguments":{}}])",
    R"([{"name":"f","arguments":{"two words":1,"x=y":{"a":[]},"":null,"'":"'"}}])",
    R"([{"name":"f","arguments":{"a":"```","b":"</tool_call>","c":"<|tool_call_end|>)]","d":"; {"}}])",
    R"([{"name":"f","arguments":{"a":"\\n","b":"\\","c":"C:\\new\\u0041","d":"\u0000\u001f"}}])",
    R"([{"name":"f","arguments":{"a":-0.0,"b":123456789012345678901234567890,"c":1E5}}])",
    R"([{"name":"f","arguments":{"a":{"t":true,"f":[false,null],"n":{"deep":[[[]]]}}}}])",
    R"([{"name":"f","arguments":{"a":"<think>x</think>","b":"\u2028é😀"}}])",
    R"([{"name":"f","arguments":{"name":"g","arguments":{},"function":{"name":"h"}}}])",
};

TEST(WireForm, CarriesOddCallsWithoutLoss) {
  for (const std::string& text : kOdd) {
    const auto calls = read_calls(text);
    ASSERT_TRUE(calls) << text;
    for (const WireForm form : kForms) {
      const std::string written = write_wire_calls(form, *calls);
      SCOPED_TRACE(written);
      EXPECT_EQ(read(written, form), write_calls(*calls));
    }
  }
}

TEST(WireForm, ToolsAsTextSayHowToCallThem) {
  const auto tools = nlohmann::ordered_json::parse(kTools);
  for (const WireForm form : kForms) {
    const std::string text = write_tools(form, tools);
    expect_contains(text, R"("function": {"name": "f", "parameters": {"type": "object")");
    expect_contains(text, form == WireForm::parameters ? "\"parameters\": {<argument"
                          : form == WireForm::json || form == WireForm::tagged_json
                              ? "\"arguments\": {<argument"
                              : "(<argument name>=<value>)");
  }
}

}  // namespace
}  // namespace tuneval
