#include "framework/teacher/request_body.h"

#include "asked.h"
#include "framework/teacher/completion.h"

#include <limits>

namespace tuneval::test {
namespace {

using Json = nlohmann::ordered_json;

TeacherOptions wise() {
  TeacherOptions options;
  options.model = "wise";
  return options;
}

TEST(RequestBody, SaysWhatWasAsked) {
  TeacherRequest asked;
  asked.messages = {{"system", "Be brief.", {}}, {"user", "Hello", {}}};
  EXPECT_EQ(request_body(wise(), asked).dump(),
            R"({"model":"wise","messages":[{"role":"system","content":"Be brief."},)"
            R"({"role":"user","content":"Hello"}],"temperature":0.7})");
}

TEST(RequestBody, TheRequestsOwnSettingsComeFirst) {
  TeacherOptions options = wise();
  options.max_tokens = 100;
  TeacherRequest asked = request("Hello");
  EXPECT_EQ(request_body(options, asked)["max_tokens"], 100);
  asked.max_tokens = 7;
  asked.temperature = 0.0;
  asked.seed = 42;
  asked.variant = 3;
  const Json body = request_body(options, asked);
  EXPECT_EQ(body["max_tokens"], 7);
  EXPECT_EQ(body["temperature"], 0.0);
  EXPECT_EQ(body["seed"], 42);
  EXPECT_EQ(body.dump().find("variant"), std::string::npos);
  asked.seed = ~uint64_t{0};
  EXPECT_EQ(request_body(options, asked)["seed"], std::numeric_limits<int64_t>::max());
}

TEST(RequestBody, FurtherFieldsAreAdded) {
  TeacherOptions options = wise();
  options.extra_body = {{"top_p", 0.9}, {"chat_template_kwargs", {{"enable_thinking", false}}}};
  const Json body = request_body(options, request("Hello"));
  EXPECT_EQ(body["top_p"], 0.9);
  EXPECT_EQ(body["chat_template_kwargs"]["enable_thinking"], false);
}

TEST(RequestBody, AnAnswerHasOneLimit) {
  TeacherOptions options = wise();
  options.max_tokens = 100;
  EXPECT_EQ(max_completion_tokens(options), std::nullopt);
  options.extra_body = {{"max_completion_tokens", 900}};
  const Json body = request_body(options, request("Hello"));
  EXPECT_EQ(body["max_completion_tokens"], 900);
  EXPECT_FALSE(body.contains("max_tokens"));
  EXPECT_EQ(max_completion_tokens(options), 900);
}

TEST(RequestBody, ToolsAreHandedOn) {
  TeacherRequest asked = request("Hello");
  asked.tools = R"([{"type":"function","function":{"name":"f","parameters":{}}}])";
  EXPECT_EQ(request_body(wise(), asked)["tools"].dump(), asked.tools);
  asked.tools = "[]";
  EXPECT_FALSE(request_body(wise(), asked).contains("tools"));
}

TEST(RequestBody, CallsAndResultsAreJoinedByIds) {
  TeacherRequest asked;
  asked.messages = {
      {"user", "Both, please", {}},
      {"assistant", "",
       R"([{"name":"f","arguments":{"x":12345678901234567890123}},)"
       R"({"name":"g","arguments":{}}])"},
      {"tool", "one", {}},
      {"tool", "two", {}},
      {"user", "Again", {}},
      {"assistant", "Sure.",
       R"([{"id":"old","type":"function","function":{"name":"f","arguments":"{\"x\": 2}"}}])"},
      {"user", "Thanks", {}}};
  const Json messages = request_body(wise(), asked)["messages"];
  ASSERT_EQ(messages.size(), 8u);
  EXPECT_EQ(messages[1].dump(),
            R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
            R"("function":{"name":"f","arguments":"{\"x\":12345678901234567890123}"}},)"
            R"({"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]})");
  EXPECT_EQ(messages[2].dump(), R"({"role":"tool","tool_call_id":"call_1","content":"one"})");
  EXPECT_EQ(messages[3]["tool_call_id"], "call_2");
  EXPECT_EQ(messages[5]["content"], "Sure.");
  EXPECT_EQ(messages[5]["tool_calls"][0]["id"], "call_3");
  EXPECT_EQ(messages[5]["tool_calls"][0]["function"]["arguments"], "{\"x\": 2}");
  // The last call has no result; a server would refuse it without one.
  EXPECT_EQ(messages[6].dump(), R"({"role":"tool","tool_call_id":"call_3","content":""})");
  EXPECT_EQ(messages[7]["content"], "Thanks");
}

TEST(RequestBody, AResultWithoutACallIsTheUsers) {
  TeacherRequest asked;
  asked.messages = {{"tool", "21 degrees", {}}};
  EXPECT_EQ(request_body(wise(), asked)["messages"].dump(),
            R"([{"role":"user","content":"21 degrees"}])");
}

TEST(RequestBody, CallsInNoKnownFormAreText) {
  TeacherRequest asked;
  asked.messages = {{"assistant", "", "f(x=1)"}};
  EXPECT_EQ(request_body(wise(), asked)["messages"][0]["content"], "f(x=1)");
}

TEST(Completion, ContentMayBeInParts) {
  const TeacherReply reply = read_completion(
      R"({"choices": [{"finish_reason": "stop", "message": {"content": [
          {"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]}}]})");
  EXPECT_EQ(reply.text, "ab");
  EXPECT_TRUE(reply.answered());
}

TEST(Completion, ArgumentsMayBeAnObject) {
  const TeacherReply reply = read_completion(
      R"({"choices": [{"message": {"content": null, "tool_calls": [
          {"function": {"name": "f", "arguments": {"x": 1}}}]}}]})");
  EXPECT_EQ(reply.calls, R"([{"name":"f","arguments":{"x":1}}])");
}

TEST(Completion, UsageThatIsNoneCountsAsNone) {
  const TeacherReply reply = read_completion(
      R"({"choices": [{"message": {"content": "a"}}],
          "usage": {"prompt_tokens": -5, "completion_tokens": "many"}})");
  EXPECT_EQ(reply.prompt_tokens, 0);
  EXPECT_EQ(reply.answer_tokens, 0);
}

TEST(Completion, AServersWordsAreFoundAndKeptShort) {
  EXPECT_EQ(server_words(R"({"error": {"message": "no"}})"), "no");
  EXPECT_EQ(server_words(R"({"error": "no"})"), "no");
  EXPECT_EQ(server_words(R"({"detail": "no"})"), "no");
  EXPECT_EQ(server_words("plain\nwords"), "plain words");
  EXPECT_EQ(server_words(""), "");
  const std::string long_words = server_words("x" + std::string(400, '\xC3') + "\xA4");
  EXPECT_LE(long_words.size(), 300u);
}

}  // namespace
}  // namespace tuneval::test
