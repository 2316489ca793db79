#include "tool_rows.h"

namespace tuneval {
namespace {

const TaskMaker& make = make_tool_calling();

std::vector<Example> read_all(const std::string& row, const std::string& with = options()) {
  return make(with)->read_all(row_of(row));
}

/// The target of a row in the benchmark's form with this answer, as JSON text.
std::string target_of(const std::string& answer, const std::string& with = options()) {
  return read_all(R"({"question": "Find tea.", "answer": )" + answer + "}", with).back().target;
}

TEST(ToolCallingTest, AConversationGivesAnExampleForEachCall) {
  const std::vector<Example> examples = read_all(messages(
      R"({"role": "system", "content": "Be quick."}, {"role": "user", "content": "Tea and milk."},
         {"role": "assistant", "content": null, "tool_calls": [
           {"id": "c1", "type": "function",
            "function": {"name": "look", "arguments": "{\"thing\": \"tea\"}"}},
           {"type": "function", "function": {"name": "look",
            "arguments": {"deep": true, "thing": "milk"}}}]},
         {"role": "tool", "tool_call_id": "c1", "content": {"found": 2}},
         {"role": "tool", "content": ""},
         {"role": "assistant", "content": "No milk."}, {"role": "user", "content": "Bye."},
         {"role": "assistant", "content": "Well then.", "tool_calls": [
           {"function": {"name": "stop", "arguments": null}}]})"));
  ASSERT_EQ(examples.size(), 2u);
  const Example &first = examples[0], &second = examples[1];
  EXPECT_EQ(first.target, R"([{"name":"look","arguments":{"thing":"tea"}},)"
                          R"({"name":"look","arguments":{"deep":true,"thing":"milk"}}])");
  EXPECT_EQ(first.references, std::vector<std::string>{first.target});
  ASSERT_EQ(first.messages.size(), 2u);
  EXPECT_EQ(first.messages[0].role, "system");
  EXPECT_EQ(first.messages[0].content,
            "You work by calling tools.\n\n<task_description>\nDo it.\n</task_description>\n\n"
            "Every answer is made of tool calls and nothing else.\n\nBe quick.");
  EXPECT_EQ(first.messages[1].content, "Tea and milk.");

  EXPECT_EQ(second.target, R"([{"name":"stop","arguments":{}}])");
  ASSERT_EQ(second.messages.size(), 7u);
  EXPECT_EQ(second.messages[2].role, "assistant");
  EXPECT_EQ(second.messages[2].content, "");
  EXPECT_EQ(
      second.messages[2].tool_calls,
      R"([{"id":"c1","type":"function","function":{"name":"look","arguments":{"thing":"tea"}}},)"
      R"({"type":"function","function":{"name":"look",)"
      R"("arguments":{"deep":true,"thing":"milk"}}}])");
  EXPECT_EQ(second.messages[3].role, "tool");
  EXPECT_EQ(second.messages[3].content, R"({"found":2})");
  EXPECT_EQ(second.messages[5].content, "No milk.");
  for (const Example& example : examples) {
    EXPECT_TRUE(example.calls);
    EXPECT_EQ(example.where, "train.jsonl:7");
    EXPECT_EQ(example.group, "train.jsonl:7");
    expect_target_parses(*make(options()), example);
  }
}

TEST(ToolCallingTest, TheBenchmarksConversationsGiveOneForEachCallToo) {
  const std::string question =
      R"([{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"\", )"
      R"(\"tool_calls\": [{\"type\": \"function\", \"function\": {\"name\": \"look\", )"
      R"(\"arguments\": {\"thing\": \"x\"}}}]}, {\"role\": \"user\", \"content\": \"End\"}])";
  const std::vector<Example> examples =
      read_all(R"({"question": ")" + question +
               R"(", "answer": "{\"name\": \"stop\", \"parameters\": {}}"})");
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_EQ(examples[0].messages.size(), 2u);
  EXPECT_EQ(examples[0].target, R"([{"name":"look","arguments":{"thing":"x"}}])");
  EXPECT_EQ(examples[1].messages.size(), 4u);
  EXPECT_EQ(examples[1].messages.back().content, "End");
  EXPECT_EQ(examples[1].target, R"([{"name":"stop","arguments":{}}])");
  EXPECT_EQ(make(options())
                ->read(row_of(R"({"question": ")" + question +
                              R"(", "answer": "{\"name\": \"stop\", \"parameters\": {}}"})"))
                .target,
            examples[1].target);
}

TEST(ToolCallingTest, AnswersComeInManyForms) {
  const std::string tea = R"([{"name":"look","arguments":{"thing":"tea"}}])";
  for (const char* answer : {R"("{\"name\": \"look\", \"parameters\": {\"thing\": \"tea\"}}")",
                             R"("{\"name\": \"look\", \"arguments\": {\"thing\": \"tea\"}}")",
                             R"({"name": "look", "parameters": {"thing": "tea"}})",
                             R"({"name": "look", "arguments": "{\"thing\": \"tea\"}"})",
                             R"([{"name": "look", "arguments": {"thing": "tea"}}])",
                             R"("[{\"name\": \"look\", \"arguments\": {\"thing\": \"tea\"}}]")",
                             R"({"id": "7", "type": "function", "function": {"name": "look",
               "arguments": {"thing": "tea"}}})"}) {
    EXPECT_EQ(target_of(answer), tea) << answer;
  }
  EXPECT_EQ(target_of(R"({"name": "stop"})"), R"([{"name":"stop","arguments":{}}])");
  EXPECT_EQ(target_of(R"({"name": "stop", "arguments": ""})"),
            R"([{"name":"stop","arguments":{}}])");
  const Example alone = read_all(R"({"question": "[1] Find tea.", "answer": {"name": "stop"}})")[0];
  EXPECT_EQ(alone.messages.back().content, "[1] Find tea.");
  EXPECT_EQ(alone.group, "");
}

TEST(ToolCallingTest, NoCallMayBeRight) {
  EXPECT_EQ(target_of("[]", refusals()), "[]");
  EXPECT_EQ(target_of("\"[]\"", refusals()), "[]");
  const std::vector<Example> examples =
      read_all(messages(kUser + "," + kStop + R"(, {"role": "tool", "content": "ok"},
               {"role": "assistant", "content": "I cannot."})"),
               refusals());
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_EQ(examples[1].target, "[]");
  EXPECT_TRUE(examples[1].calls);
  EXPECT_TRUE(examples[1].messages[0].content.ends_with(
      "Answer with tool calls; where no tool fits, say so in words."));

  const auto type = make(refusals());
  for (const char* words : {"I cannot.", "", "[]", " [ ] "}) {
    EXPECT_TRUE(type->parse(examples[1], words).parsed) << words;
    EXPECT_EQ(type->parse(examples[1], words).text, "[]");
  }
  EXPECT_EQ(make.bad(messages(kUser + R"(, {"role": "assistant", "content": "No."})"), options()),
            "train.jsonl:7: \"messages\" ends with an answer that calls no tool: expected "
            "tool_calls, or the option refusals = true");
  EXPECT_EQ(make.bad(R"({"question": "x", "answer": []})", options()),
            "train.jsonl:7: \"answer\" holds no call: expected one, or the option refusals = true");
}

TEST(ToolCallingTest, ABrokenCallIsNoRefusalWhereverItStands) {
  const auto type = make(refusals());
  for (const std::string broken :
       {"{\"name\": \"stop\"", "[{}]", "<tool_call>{", "<|python_tag|>x", "```json\n{",
        "<tool_call>{bad", "<|tool_call_start|>[stop(", "```tool_code\nstop(\n```",
        "{\"name\": \"stop\", \"arguments\": {}}", "{ \"type\": \"function\", \"function\": {}}"}) {
    EXPECT_FALSE(type->parse({}, broken).parsed) << broken;
    if (broken == "[{}]") continue;  // behind words a list is words
    EXPECT_FALSE(type->parse({}, "Sure, let me see. " + broken).parsed) << broken;
    EXPECT_FALSE(type->parse({}, "<think>Hm.</think> Sure.\n" + broken).parsed) << broken;
  }
  EXPECT_FALSE(type->parse({}, "bad}</tool_call>").parsed);
}

TEST(ToolCallingTest, WordsAreARefusalWhateverWasThoughtBefore) {
  const auto type = make(refusals());
  for (const char* words :
       {"I cannot [do] that.", "It costs {much}.", "a < b | c", "The key \"name\" is not known.",
        "<think>Perhaps <tool_call>{} or {\"name\": 1}?</think>\nNo tool sings.",
        "I could <tool_call>stop?</think> No."}) {
    EXPECT_EQ(type->parse({}, words).text, "[]") << words;
  }
  EXPECT_FALSE(type->parse({}, "<think>No tool sings, or does one").parsed);
}

TEST(ToolCallingTest, ToolsAreMadeOneForm) {
  const std::string expected =
      R"([{"type":"function","function":{"name":"look","parameters":{"type":"object"}}},)"
      R"({"type":"function","function":{"name":"stop","strict":true,)"
      R"("parameters":{"type":"object","properties":{}}}}])";
  const std::string tools =
      R"([{"name": "look", "parameters": {"type": "object"}},
          {"type": "function", "function": {"name": "stop", "strict": true}}])";
  const std::string rest = R"(, "question": "x", "answer": {"name": "stop"}})";
  EXPECT_EQ(read_all("{\"tools\": " + tools + rest, "{}")[0].tools, expected);
  EXPECT_EQ(read_all("{\"x\": 1" + rest, "{\"tools\": " + tools + "}")[0].tools, expected);
  EXPECT_EQ(read_all(R"({"tools": "[{\"name\": \"stop\"}]")" + rest)[0].tools,
            R"([{"type":"function","function":{"name":"stop",)"
            R"("parameters":{"type":"object","properties":{}}}}])");
}

TEST(ToolCallingTest, ThePromptMayBeOverridden) {
  const std::string row = messages(kUser + "," + kStop);
  EXPECT_EQ(read_all(row, options(R"(, "prompt": "Now: {description}")"))[0].messages[0].content,
            "Now: Do it.");
  EXPECT_EQ(read_all(row, options(R"(, "prompt": "")"))[0].messages[0].role, "user");
}

TEST(ToolCallingTest, CanonicalCallsAreAnAnswer) {
  const auto type = make(options());
  EXPECT_EQ(
      type->parse({}, " [ {\"arguments\": {\"b\": 1, \"a\": []}, \"name\": \"any\"} ]\n").text,
      R"([{"name":"any","arguments":{"b":1,"a":[]}}])");
  EXPECT_EQ(type->parse({}, "[]").text, "[]");
  EXPECT_TRUE(type->parse({}, "[]").parsed);
  for (const char* wrong :
       {"", "stop", "{\"name\": \"stop\", \"arguments\": {}}", "[{\"name\": 1}]",
        "[{\"name\": \"stop\", \"arguments\": \"{}\"}]", "[", "\xff"}) {
    const Prediction prediction = type->parse({}, wrong);
    EXPECT_FALSE(prediction.parsed) << wrong;
    EXPECT_EQ(prediction.text, "");
  }
  expect_fast_parse(*type, {});
  expect_fast_parse(*make(refusals()), {});
}

TEST(ToolCallingTest, ReviewFindsCallsThatDoNotFitTheirTool) {
  const auto type = make(options());
  std::vector<Example> examples;
  const auto add = [&](const std::string& call) {
    examples.push_back(type->read(row_of(R"({"question": "x", "answer": )" + call + "}")));
  };
  add(R"({"name": "look", "arguments": {"thing": "tea", "deep": true}})");
  EXPECT_TRUE(type->review(examples).empty());
  add(R"({"name": "look", "arguments": {"deep": true}})");
  add(R"([{"name": "stop"}, {"name": "look", "arguments": {"thing": 7}}])");
  add(R"({"name": "look", "arguments": {"thing": "x", "far": 1}})");
  const std::string at = "train.jsonl:7: the call of look does not fit its tool: ";
  EXPECT_EQ(type->review(examples),
            (std::vector<std::string>{at + "\"thing\" is missing",
                                      at + "\"thing\" is 7: expected a string",
                                      at + "\"far\" is there: expected no key but deep, thing"}));
  const auto odd = make(R"({"tools": [{"name": "a", "parameters": {"type": "dict"}}]})");
  EXPECT_EQ(odd->review({odd->read(row_of(R"({"question": "x", "answer": {"name": "a"}})"))}),
            std::vector<std::string>{
                "train.jsonl:7: the call of a does not fit its tool: its schema has \"type\" as "
                "\"dict\": expected a type or an array of types"});
}

TEST(ToolCallingTest, DecodingAndMetricsAreTold) {
  EXPECT_EQ(make(options())->decoding().constraint, Constraint::none);
  EXPECT_EQ(make(options())->decoding().max_new_tokens, 256);
  EXPECT_EQ(make(options(R"(, "constrained": true)"))->decoding().constraint,
            Constraint::tool_calls);
  EXPECT_EQ(make(options())->metrics(),
            (std::vector<std::string>{"tool_call_equivalence", "binary_tool_call",
                                      "staged_tool_call", "format_valid"}));
}

TEST(ToolCallingTest, NotesAndGroupsOfARowAreKept) {
  const Example example = read_all(R"({"question": "x", "answer": {"name": "stop"}, "group": "g",
                                       "notes": {"category": "simple"}})")[0];
  EXPECT_EQ(example.notes, R"({"category":"simple"})");
  EXPECT_EQ(example.group, "g");
}

}  // namespace
}  // namespace tuneval
