#include "import_folder.h"

#include <gmock/gmock.h>

#include <set>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ImportMessages : public ImportFolder {};

constexpr auto kTool =
    R"("tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}])";

std::string row_of(const std::string& messages, const std::string& tools = kTool) {
  return R"({"messages": [)" + messages + "], " + tools + "}\n";
}

std::string user(const std::string& text) {
  return R"({"role": "user", "content": ")" + text + "\"}";
}

std::string assistant(const std::string& text) {
  return R"(, {"role": "assistant", "content": ")" + text + "\"}";
}

/// The assistant's call of f with x; not every log gives calls an id.
std::string call(int x, const std::string& id = "") {
  return R"(, {"role": "assistant", "tool_calls": [{)" + id +
         R"("type": "function", "function": {"name": "f", "arguments": {"x": )" +
         std::to_string(x) + "}}}]}";
}

TEST_F(ImportMessages, MessagesWithoutCallsAreChat) {
  write("source/train.jsonl",
        R"({"messages": [{"role": "developer", "content": "Be brief."}, )" + user("Hi") +
            R"(, {"role": "assistant", "content": [{"type": "text", "text": "He"}, )"
            R"({"type": "text", "text": "llo"}]}]})" +
            "\n" + R"({"messages": [)" + user("Alone") + "]}\n" +
            R"({"messages": [{"role": "assistant", "content": "First"}]})" + "\n" +
            R"({"messages": [)" + user("Silence") +
            R"(, {"role": "assistant", "content": null}]})" + "\n");
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

TEST_F(ImportMessages, MessagesWithCallsAreToolCalling) {
  const std::string call =
      R"({"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", )"
      R"("function": {"name": "f", "arguments": "{\"x\": 1}"}}]})";
  const std::string rest =
      R"(, {"role": "tool", "tool_call_id": "c1", "content": "ok"}, {"role": "assistant", )"
      R"("content": "Done."})";
  write("source/train.jsonl",
        row_of(user("Do") + ", " + call + rest) +
            row_of(user("No") + R"(, {"role": "assistant", "content": "I cannot."})") +
            R"({"messages": [)" + user("Plain") + R"(, {"role": "assistant", "content": "Yes"}]})" +
            "\n" + row_of(call + ", " + user("x")));
  write("source/test.jsonl",
        row_of(user("Old") +
                   R"(, {"role": "assistant", "content": "", "function_call": {"name": "f", )"
                   R"("arguments": ""}})",
               R"("functions": [{"name": "f"}])"));
  const ImportReport report = import("messages");
  EXPECT_EQ(read_pack(folder / "pack").task_type, "tool_calling");
  EXPECT_EQ(rows("train").size(), 2u);
  EXPECT_EQ(rows("train")[0]["messages"].dump(),
            R"([{"role":"user","content":"Do"},{"role":"assistant","content":"","tool_calls":)"
            R"([{"id":"c1","type":"function","function":{"name":"f","arguments":{"x":1}}}]}])");
  EXPECT_EQ(options()["refusals"], true);
  EXPECT_EQ(rows("test")[0].dump(),
            R"({"messages":[{"role":"user","content":"Old"},{"role":"assistant","content":"",)"
            R"("tool_calls":)"
            R"([{"type":"function","function":{"name":"f","arguments":{}}}]}],)"
            R"("tools":[{"type":"function",)"
            R"("function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})");
  EXPECT_THAT(
      texts(report.skipped),
      ElementsAre("@/source/train.jsonl:3: left out: it has no tools, and other rows call some",
                  "@/source/train.jsonl:4: left out: it begins with the assistant's calls"));
  EXPECT_THAT(report.notes,
              ElementsAre("1 conversations go on after their last call: those turns are left out"));
}

TEST_F(ImportMessages, ToolsMayBeAText) {
  const std::string text = R"("tools": "[{\"name\": \"f\"}]")";
  write("source/train.jsonl", row_of(user("Do") + call(1), text));
  write("source/test.jsonl", row_of(user("Go") + call(1)));
  import("messages");
  EXPECT_EQ(rows("train")[0]["tools"][0]["function"]["name"], "f");
  write("source/train.jsonl", row_of(user("Do") + call(1), R"("tools": "f")"));
  EXPECT_EQ(refusal("messages"),
            "@/source/train.jsonl:1: the tools are null: expected an array of functions");
}

TEST_F(ImportMessages, CallsThatALongerConversationRepeatsAreLeftOut) {
  const std::string more = ", " + user("More");
  const auto longer = [&](const char* name, int x, const std::string& id = "") {
    return row_of(user(name) + call(1, id) + more + call(x));
  };
  const std::string other_tools = R"("tools": [{"name": "f"}, {"name": "g"}])";
  write("source/train.jsonl", row_of(user("A") + call(1)) + longer("A", 2, R"("id": "7", )") +
                                  row_of(user("A") + call(3)) + row_of(user("B") + call(1)) +
                                  row_of(user("B") + call(1), other_tools));
  write("source/test.jsonl",
        longer("B", 2) + longer("B", 4) + row_of(user("C") + call(1)) + longer("C", 2));
  const ImportReport report = import("messages");
  EXPECT_EQ(report.train_rows, 3);
  EXPECT_EQ(report.test_rows, 4);  // kept as it is
  EXPECT_THAT(texts(report.skipped),
              ElementsAre("@/source/train.jsonl:1: left out: the conversation at "
                          "@/source/train.jsonl:2 begins with it",
                          "@/source/train.jsonl:4: left out: the conversation at "
                          "@/source/test.jsonl:1 begins with it"));
}

TEST_F(ImportMessages, ASplitThatIsMadeTearsNoConversationApart) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    const std::string begin = user("Question " + std::to_string(i)) + assistant("Yes");
    lines += R"({"messages": [)" + begin + "]}\n";
    lines += R"({"messages": [)" + begin + ", " + user("Why?") + assistant("So.") + "]}\n";
  }
  write("log.jsonl", lines);
  const ImportReport report = import("messages", {}, "log.jsonl");
  EXPECT_EQ(report.train_rows, 32);  // the last turn of each is an answer of its own
  EXPECT_EQ(report.test_rows, 8);
  std::set<std::string> train;
  for (const Json& row : rows("train")) train.insert(row["messages"][0]["content"]);
  EXPECT_EQ(train.size(), 16u);
  for (const Json& row : rows("test")) {
    EXPECT_FALSE(train.contains(row["messages"][0]["content"])) << row;
  }
}

TEST_F(ImportMessages, FaultyMessagesAreRefused) {
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
  EXPECT_THAT(fault(R"({"messages": [{"role": "user", "content": [{"type": "image_url", )"
                    R"("image_url": {}}]}]})"),
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
