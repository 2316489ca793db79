#include "import_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ImportTools : public ImportFolder {
 protected:
  /// Two questions of the leaderboard's category "simple", and their answers.
  void write_simple(const std::string& answer) const {
    const std::string question =
        R"("question": [[{"role": "user", "content": "Go far."}]], "function": [{"name": "car.go",
           "description": "Goes.", "parameters": {"type": "dict", "properties": {
             "far": {"type": "float"}, "to": {"type": "tuple", "items": {"type": "float"}},
             "how": {"type": "dict", "properties": {"type": {"type": "string"}}},
             "any": {"type": "any"}, "why": {"type": "string", "default": "fun"}},
             "required": ["far"]}}]})";
    std::string flat;
    for (const char c : question) flat += c == '\n' ? ' ' : c;
    std::string other = flat;
    other.replace(other.find("far."), 4, "now.");
    write("source/BFCL_v4_simple_python.json",
          R"({"id": "s0", )" + flat + "\n" + R"({"id": "s1", )" + other + "\n");
    write("source/possible_answer/BFCL_v4_simple_python.json",
          R"({"id": "s0", "ground_truth": [)" + answer + "]}\n" +
              R"({"id": "s1", "ground_truth": [{"car.go": {"far": [2]}}]})");
  }

  /// The row whose request is "Go far.".
  Json far_row(const std::string& pack = "pack") const {
    for (const char* split : {"train", "test"}) {
      for (const Json& row : rows(split, pack)) {
        if (row["messages"][0]["content"] == "Go far.") return row;
      }
    }
    return {};
  }
};

constexpr auto kAnswer =
    R"({"car.go": {"far": ["", 1.5, 2], "to": [[1, 2]], "how": [{"type": ["fast", "slow"],
    "by": ["", "car"]}], "any": ["x"], "why": ["", "fun"]}})";

std::string flat(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

// ---- bfcl

TEST_F(ImportTools, LeaderboardRowsHaveOneRightCallAndAllAcceptedOnes) {
  write_simple(flat(kAnswer));
  EXPECT_EQ(import("bfcl").test_rows, 1);
  const Json row = far_row();
  EXPECT_EQ(
      row["messages"][1].dump(),
      R"({"role":"assistant","content":"","tool_calls":[{"type":"function","function":)"
      R"({"name":"car.go","arguments":{"far":1.5,"to":[1,2],"how":{"type":"fast"},"any":"x"}}}]})");
  EXPECT_EQ(
      row["tools"][0].dump(),
      R"({"type":"function","function":{"name":"car.go","description":"Goes.","parameters":)"
      R"({"type":"object","properties":{"far":{"type":"number"},"to":{"type":"array","items":)"
      R"({"type":"number"}},"how":{"type":"object","properties":{"type":{"type":"string"}}},)"
      R"("any":{},"why":{"type":"string","default":"fun"}},"required":["far"]}}})");
  EXPECT_EQ(row["notes"]["category"], "simple");
  EXPECT_EQ(row["notes"]["possible_answer"], Json::array({Json::parse(flat(kAnswer))}));
  EXPECT_FALSE(options().contains("refusals"));
  EXPECT_THAT(read_pack(folder / "pack").metrics,
              ElementsAre("bfcl_ast", "tool_call_equivalence", "format_valid"));
}

TEST_F(ImportTools, LeaderboardNamesCanLoseTheirDots) {
  write_simple(flat(kAnswer));
  import("bfcl", {.underscore_names = true});
  EXPECT_EQ(far_row()["tools"][0]["function"]["name"], "car_go");
  EXPECT_EQ(far_row()["messages"][1]["tool_calls"][0]["function"]["name"], "car_go");
}

TEST_F(ImportTools, LeaderboardCategoriesEachGiveTheirShare) {
  std::string questions;
  for (int i = 0; i < 10; ++i) {
    questions += R"({"id": "i)" + std::to_string(i) +
                 R"(", "question": [[{"role": "user", "content": "Sing )" + std::to_string(i) +
                 R"("}]], "function": [{"name": "f"}]})" + "\n";
  }
  write_simple(flat(kAnswer));
  write("source/BFCL_v4_irrelevance.json", questions);
  write("source/BFCL_v4_web_search.json", "{}");
  const ImportReport report = import("bfcl");
  EXPECT_EQ(report.test_rows, 1 + 2);
  EXPECT_THAT(report.notes,
              ElementsAre(at("@/source/BFCL_v4_web_search.json: its category is not read")));
  EXPECT_EQ(options()["refusals"], true);
  const Json row = rows("train")[0];
  EXPECT_EQ(row["notes"], (Json{{"category", "irrelevance"}}));
  EXPECT_FALSE(row["messages"][1].contains("tool_calls"));
  EXPECT_EQ(row["messages"][1]["content"], "None of the functions fits the request.");
  EXPECT_EQ(row["tools"][0]["function"]["parameters"].dump(),
            R"({"type":"object","properties":{}})");
}

TEST_F(ImportTools, LeaderboardFaultsAreRefused) {
  EXPECT_THAT(refusal("bfcl"), StartsWith("@/source: cannot be read: No such file"));
  std::filesystem::create_directories(folder / "source");
  EXPECT_THAT(refusal("bfcl"), StartsWith("@/source: holds no BFCL_v*_simple.json"));
  const std::string answers = "@/source/possible_answer/BFCL_v4_simple_python.json";
  write_simple(R"({"car.stop": {}})");
  EXPECT_EQ(refusal("bfcl"),
            answers + ":1: the answer calls \"car.stop\", which the question does not offer");
  write_simple(R"({"car.go": {"far": []}})");
  EXPECT_THAT(refusal("bfcl"), StartsWith(answers + ":1: the accepted values of \"far\" are []"));
  write_simple(R"("car.go")");
  EXPECT_THAT(refusal("bfcl"), HasSubstr("expected a function's name and its arguments"));
  write_simple("");
  EXPECT_EQ(refusal("bfcl"), answers + ":1: \"ground_truth\" is not a list of calls");
  write("source/possible_answer/BFCL_v4_simple_python.json",
        "{\"id\": \"s0\", \"ground_truth\": [{\"car.go\": {}}]}");
  EXPECT_EQ(
      refusal("bfcl"),
      "@/source/BFCL_v4_simple_python.json:2: \"id\" is \"s1\", which has no possible answer");
  std::filesystem::remove_all(folder / "source/possible_answer");
  EXPECT_EQ(refusal("bfcl"), answers + ": cannot be read: No such file or directory");
  write("source/BFCL_v4_simple_python.json", "");
  write(
      "source/BFCL_v4_irrelevance.json",
      R"({"id": "i", "question": [[{"role": "user", "content": "x"}]], "function": [{"name": "f", "parameters": {"type": "complex"}}]})");
  EXPECT_THAT(refusal("bfcl"), HasSubstr("the type \"complex\" of a parameter is not known"));
  write("source/BFCL_v4_irrelevance.json", R"({"id": "i", "question": "x", "function": []})");
  EXPECT_THAT(refusal("bfcl"), HasSubstr("\"question\" is not a list of turns"));
}

// ---- messages

constexpr auto kTool =
    R"("tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}])";

std::string row_of(const std::string& messages, const std::string& tools = kTool) {
  return R"({"messages": [)" + messages + "], " + tools + "}\n";
}

std::string user(const std::string& text) {
  return R"({"role": "user", "content": ")" + text + "\"}";
}

TEST_F(ImportTools, MessagesWithoutCallsAreChat) {
  write(
      "source/train.jsonl",
      R"({"messages": [{"role": "developer", "content": "Be brief."}, )" + user("Hi") +
          R"(, {"role": "assistant", "content": [{"type": "text", "text": "He"}, {"type": "text", "text": "llo"}]}]})" +
          "\n" + R"({"messages": [)" + user("Alone") + "]}\n" +
          R"({"messages": [{"role": "assistant", "content": "First"}]})" + "\n" +
          R"({"messages": [)" + user("Silence") + R"(, {"role": "assistant", "content": null}]})" +
          "\n");
  write("source/test.jsonl", R"({"messages": [)" + user("Bye") +
                                 R"(, {"role": "assistant", "content": "Bye"}], "weight": 1})");
  const ImportReport report = import("messages");
  EXPECT_EQ(read_pack(folder / "pack").task_type, "chat");
  EXPECT_EQ(
      rows("train")[0].dump(),
      R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},)"
      R"({"role":"assistant","content":"Hello"}]})");
  EXPECT_THAT(
      texts(report.skipped),
      ElementsAre("@/source/train.jsonl:2: left out: the last turn is not the assistant's",
                  "@/source/train.jsonl:3: left out: there is no turn before the assistant's",
                  "@/source/train.jsonl:4: left out: the assistant's last turn is empty"));
}

TEST_F(ImportTools, MessagesWithCallsAreToolCalling) {
  const std::string call =
      R"({"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}}]})";
  const std::string rest =
      R"(, {"role": "tool", "tool_call_id": "c1", "content": "ok"}, {"role": "assistant", "content": "Done."})";
  write("source/train.jsonl",
        row_of(user("Do") + ", " + call + rest) +
            row_of(user("No") + R"(, {"role": "assistant", "content": "I cannot."})") +
            R"({"messages": [)" + user("Plain") + R"(, {"role": "assistant", "content": "Yes"}]})" +
            "\n" + row_of(call + ", " + user("x")));
  write(
      "source/test.jsonl",
      row_of(
          user("Old") +
              R"(, {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": ""}})",
          R"("functions": [{"name": "f"}])"));
  const ImportReport report = import("messages");
  EXPECT_EQ(read_pack(folder / "pack").task_type, "tool_calling");
  EXPECT_EQ(rows("train").size(), 2u);
  EXPECT_EQ(rows("train")[0]["messages"].dump(),
            R"([{"role":"user","content":"Do"},{"role":"assistant","content":"","tool_calls":)"
            R"([{"id":"c1","type":"function","function":{"name":"f","arguments":{"x":1}}}]}])");
  EXPECT_EQ(options()["refusals"], true);
  EXPECT_EQ(
      rows("test")[0].dump(),
      R"({"messages":[{"role":"user","content":"Old"},{"role":"assistant","content":"","tool_calls":)"
      R"([{"type":"function","function":{"name":"f","arguments":{}}}]}],"tools":[{"type":"function",)"
      R"("function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})");
  EXPECT_THAT(
      texts(report.skipped),
      ElementsAre("@/source/train.jsonl:3: left out: it has no tools, and other rows call some",
                  "@/source/train.jsonl:4: left out: it begins with the assistant's calls"));
  EXPECT_THAT(report.notes,
              ElementsAre("1 conversations go on after their last call: those turns are left out"));
}

TEST_F(ImportTools, FaultyMessagesAreRefused) {
  const auto fault = [&](const std::string& row) {
    write("m.jsonl", row);
    return refusal("messages", {}, "m.jsonl");
  };
  EXPECT_THAT(fault(R"({"text": "x"})"), StartsWith("@/m.jsonl:1: no column \"messages\""));
  EXPECT_THAT(fault(R"({"messages": []})"), HasSubstr("the conversation is []"));
  EXPECT_THAT(fault(R"({"messages": "hello"})"), HasSubstr("the conversation is null"));
  EXPECT_EQ(fault(R"({"messages": [1]})"), "@/m.jsonl:1: turn 1: is 1: expected an object");
  EXPECT_THAT(fault(R"({"messages": [{"role": "robot", "content": "x"}]})"),
              StartsWith("@/m.jsonl:1: turn 1: \"role\" is \"robot\": expected system"));
  EXPECT_THAT(fault(R"({"messages": [{"content": "x"}]})"), HasSubstr("\"role\" is null"));
  EXPECT_THAT(fault(R"({"messages": [{"role": "user", "content": 3}]})"),
              HasSubstr("\"content\" is 3"));
  EXPECT_THAT(
      fault(
          R"({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]})"),
      HasSubstr("expected parts of the type text"));
  EXPECT_THAT(
      fault(R"({"messages": [{"role": "user", "content": "x", "tool_calls": [{"name": "f"}]}]})"),
      HasSubstr("\"tool_calls\" in a turn of the role user"));
  const auto call = [&](const std::string& calls) {
    return fault(R"({"messages": [)" + user("x") + R"(, {"role": "assistant", "tool_calls": )" +
                 calls + "}]}");
  };
  EXPECT_THAT(call("3"), HasSubstr("turn 2: \"tool_calls\" is 3: expected an array"));
  EXPECT_THAT(call("[3]"), HasSubstr("a call is 3: expected an object"));
  EXPECT_THAT(call(R"([{"function": 3}])"), HasSubstr("\"function\" of a call is 3"));
  EXPECT_THAT(call(R"([{"function": {"name": ""}}])"), HasSubstr("the \"name\" of a call is \"\""));
  EXPECT_THAT(call(R"([{"name": "f", "arguments": "{x"}])"),
              HasSubstr("the arguments of a call are \"{x\""));
  EXPECT_THAT(call(R"([{"name": "f", "arguments": [1]}])"),
              HasSubstr("the arguments of a call are [1]"));
  EXPECT_THAT(fault(row_of(user("x"), R"("tools": {})")), HasSubstr("the tools are {}"));
  EXPECT_THAT(fault(row_of(user("x"), R"("tools": [3])")), HasSubstr("a tool is 3"));
  EXPECT_THAT(fault(row_of(user("x"), R"("tools": [{"function": {}}])")),
              HasSubstr("the \"name\" of a tool is null"));
  EXPECT_THAT(fault(row_of(user("x"), R"("tools": [{"name": "f"}, {"name": "f"}])")),
              HasSubstr("two tools are called \"f\""));
  EXPECT_THAT(fault(row_of(user("x"), R"("tools": [{"name": "f", "parameters": []}])")),
              HasSubstr("\"parameters\" of the tool f is []"));
}

}  // namespace
}  // namespace tuneval
