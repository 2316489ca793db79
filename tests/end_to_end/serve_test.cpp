// `tuneval serve` as its clients see it: routes, answers, tools, refusals.
#include "tests/end_to_end/program.h"
#include "tests/end_to_end/served.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>
#include <thread>

namespace tuneval::testing {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;

Json asking(const std::string& text, const Json& more = Json::object()) {
  Json body = {{"messages", Json::array({{{"role", "user"}, {"content", text}}})}};
  body["max_tokens"] = 24;
  body.update(more);
  return body;
}

Json json_of(const httplib::Result& result) {
  if (!result) {
    ADD_FAILURE() << "no response: " << httplib::to_string(result.error());
    return Json::object();
  }
  return Json::parse(result->body, nullptr, /*allow_exceptions=*/false);
}

std::string content_of(const Json& completion) {
  return completion.at("choices").at(0).at("message").at("content").get<std::string>();
}

/// The events of a stream, without the last one, which must be there.
std::vector<Json> events_of(const std::string& body) {
  std::vector<Json> events;
  size_t at = 0;
  while (at < body.size()) {
    const size_t end = body.find("\n\n", at);
    if (end == body.npos || body.compare(at, 6, "data: ") != 0) {
      ADD_FAILURE() << "no event: " << body.substr(at);
      return events;
    }
    const std::string data = body.substr(at + 6, end - at - 6);
    at = end + 2;
    if (data == "[DONE]") {
      EXPECT_EQ(at, body.size());
      return events;
    }
    events.push_back(Json::parse(data));
  }
  ADD_FAILURE() << "the stream has no end";
  return events;
}

std::string streamed_text(const std::vector<Json>& events) {
  std::string text;
  for (const Json& event : events) {
    if (event.at("choices").empty()) continue;
    text += event.at("choices").at(0).at("delta").value("content", "");
  }
  return text;
}

const Json kTools = Json::parse(R"([{"type": "function", "function": {"name": "light",
  "description": "switch a light", "parameters": {"type": "object", "properties": {
    "room": {"type": "string", "enum": ["kitchen", "office"]},
    "state": {"type": "string", "enum": ["on", "off"]}}, "required": ["room", "state"]}}}])");

/// One server for all tests that leave it as it is.
class ServeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { served = new Served({"--max-body", "1"}); }
  static void TearDownTestSuite() { delete std::exchange(served, nullptr); }

  Json ask(const Json& body) const { return json_of(served->ask(body)); }
  /// Status and error of a refused body.
  static std::pair<int, Json> refusal(const std::string& body) {
    const httplib::Result result = served->ask(body);
    const Json json = json_of(result);
    EXPECT_TRUE(json.contains("error")) << body;
    return {result ? result->status : 0, json.value("error", Json::object())};
  }
  static inline Served* served = nullptr;
};

TEST_F(ServeTest, SaysWhatIsServed) {
  EXPECT_EQ(json_of(served->get("/health"))["status"], "ok");
  const Json models = json_of(served->get("/v1/models"));
  EXPECT_EQ(models["data"][0]["id"], "tiny-qwen3");
  EXPECT_EQ(json_of(served->get("/v1/models/tiny-qwen3")), models["data"][0]);
  EXPECT_EQ(served->get("/v1/models/other")->status, 404);
}

TEST_F(ServeTest, OtherPathsAndMethodsAreRefusedInTheApisForm) {
  const auto unknown = served->get("/v1/embeddings");
  EXPECT_EQ(unknown->status, 404);
  EXPECT_EQ(json_of(unknown)["error"]["code"], "unknown_url");
  const auto method = served->get("/v1/chat/completions");
  EXPECT_EQ(method->status, 405);
  EXPECT_EQ(method->get_header_value("Allow"), "POST");
  EXPECT_THAT(json_of(method)["error"]["message"].get<std::string>(), HasSubstr("GET"));
}

TEST_F(ServeTest, AnswersAsGenerateDoes) {
  const std::string text = "Where is my parcel?";
  const Outcome outcome =
      tuneval({"generate", std::string(TUNEVAL_SOURCE_DIR) + "/models/tiny-qwen3", "--prompt", text,
               "--max-tokens", "24"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json completion = ask(asking(text, {{"model", "tiny-qwen3"}}));
  EXPECT_EQ(content_of(completion) + "\n", outcome.out);
  EXPECT_EQ(completion["object"], "chat.completion");
  EXPECT_EQ(completion["model"], "tiny-qwen3");
  const Json usage = completion["usage"];
  EXPECT_GT(usage["prompt_tokens"], 5);
  EXPECT_LE(usage["completion_tokens"], 24);
  const Json again = ask(asking(text));
  EXPECT_EQ(content_of(again), content_of(completion));
  EXPECT_EQ(again["usage"]["prompt_tokens_details"]["cached_tokens"],
            usage["prompt_tokens"].get<int>() - 1);
}

TEST_F(ServeTest, TheTokenLimitAndStopStringsEndAnAnswer) {
  const Json whole = ask(asking("Tell me something."));
  const std::string text = content_of(whole);
  const Json cut = ask(asking("Tell me something.", {{"max_tokens", 2}}));
  EXPECT_EQ(cut["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(cut["usage"]["completion_tokens"], 2);
  ASSERT_GT(text.size(), 4u);
  const std::string stop = text.substr(text.size() / 2, 2);
  for (const bool stream : {false, true}) {
    const auto result =
        served->ask(asking("Tell me something.", {{"stop", stop}, {"stream", stream}}));
    const std::string found =
        stream ? streamed_text(events_of(result->body)) : content_of(json_of(result));
    EXPECT_EQ(found, text.substr(0, text.find(stop)));
  }
}

TEST_F(ServeTest, ASeedDrawsTheSameAnswerAgain) {
  const auto drawn = [&](int seed) {
    return content_of(ask(asking("Hello", {{"temperature", 1.5}, {"seed", seed}})));
  };
  const std::string first = drawn(1);
  EXPECT_EQ(drawn(1), first);
  int different = 0;
  for (int seed = 2; seed < 8; ++seed) different += drawn(seed) != first;
  EXPECT_GT(different, 0);
}

TEST_F(ServeTest, AStreamSaysTheSameInPieces) {
  for (const bool usage : {false, true}) {
    const Json more = {{"stream", true}, {"stream_options", {{"include_usage", usage}}}};
    const auto result = served->ask(asking("Where is my parcel?", more));
    EXPECT_EQ(result->get_header_value("Content-Type"), "text/event-stream");
    const std::vector<Json> events = events_of(result->body);
    const Json whole = ask(asking("Where is my parcel?"));
    EXPECT_EQ(streamed_text(events), content_of(whole));
    EXPECT_EQ(events.front()["choices"][0]["delta"]["role"], "assistant");
    const Json& last = events.at(events.size() - (usage ? 2 : 1));
    EXPECT_EQ(last["choices"][0]["finish_reason"], whole["choices"][0]["finish_reason"]);
    if (usage) {
      EXPECT_EQ(events.back()["usage"]["completion_tokens"], whole["usage"]["completion_tokens"]);
    }
  }
}

TEST_F(ServeTest, RequiredToolsAreCalled) {
  const Json more = {{"tools", kTools}, {"tool_choice", "required"}, {"max_tokens", 120}};
  const Json completion = ask(asking("Switch on the light in the kitchen.", more));
  const Json choice = completion.at("choices").at(0);
  ASSERT_EQ(choice["finish_reason"], "tool_calls") << completion;
  EXPECT_TRUE(choice["message"]["content"].is_null());
  const Json call = choice["message"]["tool_calls"][0];
  EXPECT_EQ(call["type"], "function");
  EXPECT_EQ(call["function"]["name"], "light");
  const Json arguments = Json::parse(call["function"]["arguments"].get<std::string>());
  EXPECT_TRUE(arguments.contains("room") && arguments.contains("state"));

  Json streaming = asking("Switch on the light in the kitchen.", more);
  streaming["stream"] = true;
  const std::vector<Json> events = events_of(served->ask(streaming)->body);
  ASSERT_EQ(events.size(), 3u);  // who speaks, the calls, the end
  const Json delta = events[1]["choices"][0]["delta"]["tool_calls"];
  EXPECT_EQ(delta[0]["function"], call["function"]);
  EXPECT_EQ(delta[0]["index"], 0);
  EXPECT_EQ(events[2]["choices"][0]["finish_reason"], "tool_calls");

  // The conversation goes on behind the call and its result.
  Json next = asking("Switch on the light in the kitchen.", {{"tools", kTools}});
  next["messages"].push_back(choice["message"]);
  next["messages"].push_back({{"role", "tool"}, {"tool_call_id", call["id"]}, {"content", "done"}});
  EXPECT_TRUE(ask(next).contains("choices"));
}

TEST_F(ServeTest, AnAnswerIsHeldToASchema) {
  const Json schema = Json::parse(R"({"type": "object", "properties": {
    "kind": {"enum": ["bill", "parcel"]}}, "required": ["kind"], "additionalProperties": false})");
  const Json completion = ask(
      asking("Where is my parcel?",
             {{"response_format",
               {{"type", "json_schema"}, {"json_schema", {{"name", "k"}, {"schema", schema}}}}}}));
  const Json answer = Json::parse(content_of(completion));
  EXPECT_TRUE(answer["kind"] == "bill" || answer["kind"] == "parcel");
}

TEST_F(ServeTest, WhatIsWrongIsSaidInTheApisForm) {
  const auto [status, error] = refusal("{\"messages\": [}");
  EXPECT_EQ(status, 400);
  EXPECT_EQ(error["type"], "invalid_request_error");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("line 1, column 15"));
  EXPECT_EQ(refusal(asking("x", {{"temperature", "hot"}}).dump()).second["param"], "temperature");
  EXPECT_EQ(refusal(asking("x", {{"n", 2}}).dump()).second["param"], "n");
  const auto other = refusal(asking("x", {{"model", "gpt"}}).dump());
  EXPECT_EQ(other.first, 404);
  EXPECT_EQ(other.second["code"], "model_not_found");
  EXPECT_EQ(refusal("").first, 400);
  EXPECT_EQ(refusal(std::string(100000, '[')).first, 400);
}

TEST_F(ServeTest, APromptThatLeavesNoRoomIsRefused) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "parcel ";
  const auto [status, error] = refusal(asking(text).dump());
  EXPECT_EQ(status, 400);
  EXPECT_EQ(error["code"], "context_length_exceeded");
  // A limit beyond the context is no fault: the answer ends where the context does.
  EXPECT_TRUE(ask(asking("Hi", {{"max_tokens", 100000}, {"stop", " "}})).contains("choices"));
}

TEST_F(ServeTest, ABodyThatIsTooLargeIsNotRead) {
  const std::string large = asking(std::string(3 << 20, 'x')).dump();
  const auto [status, error] = refusal(large);
  EXPECT_EQ(status, 413);
  EXPECT_EQ(error["code"], "request_too_large");
  // The same where no length says so beforehand.
  RawClient client(served->port());
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string part(64 << 10, 'x');
  for (int i = 0; i < 40; ++i) client.send(fmt::format("{:x}\r\n{}\r\n", part.size(), part));
  EXPECT_THAT(client.receive_until("\r\n"), HasSubstr("413"));
}

TEST_F(ServeTest, SixtyFourClientsAtOnceGetWhatEachWouldGetAlone) {
  constexpr size_t kClients = 64;
  const auto body = [](size_t i) {
    const Json drawn = {{"temperature", 1.0}, {"seed", i}};
    return asking(fmt::format("Question {} of many: where is it?", i % 40),
                  i % 2 ? drawn : Json::object());
  };
  std::vector<std::string> together(kClients);
  std::vector<std::thread> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] {
      const httplib::Result result = served->ask(body(i));
      if (result && result->status == 200) together[i] = content_of(Json::parse(result->body));
    });
  }
  for (std::thread& client : clients) client.join();
  for (size_t i = 0; i < kClients; ++i) EXPECT_EQ(together[i], content_of(ask(body(i)))) << i;
}

}  // namespace
}  // namespace tuneval::testing
