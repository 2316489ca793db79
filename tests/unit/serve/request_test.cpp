#include "framework/serve/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tuneval::serve {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const Json kUser = {{"role", "user"}, {"content", "Hello"}};
const Json kTools = Json::parse(R"([
  {"type": "function", "function": {"name": "light", "parameters": {"type": "object"}}},
  {"type": "function", "function": {"name": "heat"}}])");

/// A request of one message, with more fields.
Json asking(const Json& more = Json::object()) {
  Json body = {{"model", "m"}, {"messages", Json::array({kUser})}};
  body.update(more);
  return body;
}
Json asking(const char* key, Json value) {
  Json more = Json::object();
  more[key] = std::move(value);
  return asking(more);
}
Json saying(Json message) { return asking("messages", Json::array({std::move(message)})); }

ChatRequest read(const Json& body) {
  auto outcome = read_chat_request(body.dump());
  if (const auto* const error = std::get_if<ApiError>(&outcome)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<ChatRequest>(outcome);
}

ApiError refusal(const std::string& body) {
  auto outcome = read_chat_request(body);
  if (const auto* const error = std::get_if<ApiError>(&outcome)) return *error;
  ADD_FAILURE() << "no error: " << body;
  return {};
}
ApiError refusal(const Json& body) { return refusal(body.dump()); }
std::string fault(const Json& body) { return refusal(body).param; }

TEST(RequestTest, WhatIsLeftOutHasItsDefault) {
  const ChatRequest request = read({{"messages", Json::array({kUser})}});
  EXPECT_EQ(request.model, "");
  ASSERT_EQ(request.example.messages.size(), 1u);
  EXPECT_EQ(request.example.messages[0].role, "user");
  EXPECT_EQ(request.example.messages[0].content, "Hello");
  EXPECT_FALSE(request.example.calls);
  EXPECT_TRUE(request.sampling.greedy());
  EXPECT_EQ(request.sampling.top_p, 1.0);
  EXPECT_FALSE(request.seeded);
  EXPECT_FALSE(request.max_tokens.has_value());
  EXPECT_FALSE(request.stream);
  EXPECT_TRUE(request.template_variables.is_null());
}

TEST(RequestTest, ReadsEveryField) {
  const ChatRequest request = read(asking(Json::parse(R"({
    "temperature": 0.7, "top_p": 0.9, "seed": -3, "max_tokens": 10, "max_completion_tokens": 20,
    "stop": ["a", "b"], "stream": true, "stream_options": {"include_usage": true}, "n": 1,
    "chat_template_kwargs": {"enable_thinking": true}, "logprobs": false, "user": "x",
    "presence_penalty": 0, "a_field_of_tomorrow": {"x": [1]}, "tools": null})")));
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.sampling.temperature, 0.7);
  EXPECT_EQ(request.sampling.top_p, 0.9);
  EXPECT_EQ(request.sampling.seed, uint64_t(-3));
  EXPECT_TRUE(request.seeded);
  EXPECT_EQ(request.max_tokens, 20);
  EXPECT_EQ(request.stop, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(request.stream);
  EXPECT_TRUE(request.include_usage);
  EXPECT_EQ(request.template_variables, Json({{"enable_thinking", true}}));
  EXPECT_EQ(read(asking("max_tokens", 7)).max_tokens, 7);
  EXPECT_EQ(read(asking("stop", "x")).stop, std::vector<std::string>{"x"});
  EXPECT_GT(read(asking("top_p", 0)).sampling.top_p, 0.0);
}

TEST(RequestTest, MessagesOfEveryKind) {
  const ChatRequest request = read(asking("messages", Json::parse(R"([
    {"role": "developer", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Is "}, {"type": "text", "text": "it on?"}]},
    {"role": "assistant", "content": null, "tool_calls": [
      {"id": "call_1", "type": "function",
       "function": {"name": "look", "arguments": "{\"room\": \"hall\"}"}},
      {"id": "call_2", "type": "function", "function": {"name": "wait", "arguments": ""}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "green"},
    {"role": "assistant", "content": "Yes."}])")));
  const std::vector<Message>& messages = request.example.messages;
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(messages[0].role, "system");
  EXPECT_EQ(messages[1].content, "Is it on?");
  EXPECT_EQ(messages[2].content, "");
  EXPECT_EQ(messages[2].tool_calls,
            R"([{"name":"look","arguments":{"room":"hall"}},{"name":"wait","arguments":{}}])");
  EXPECT_EQ(messages[3].role, "tool");
  EXPECT_EQ(messages[4].content, "Yes.");
}

TEST(RequestTest, AFaultyMessageIsNamed) {
  EXPECT_EQ(fault({{"model", "m"}}), "messages");
  EXPECT_EQ(fault(asking("messages", Json::array())), "messages");
  EXPECT_EQ(fault(asking("messages", "Hello")), "messages");
  EXPECT_EQ(fault(asking("messages", Json::array({kUser, "Hello"}))), "messages[1]");
  EXPECT_EQ(fault(saying({{"content", "x"}})), "messages[0].role");
  EXPECT_EQ(fault(saying({{"role", "robot"}, {"content", "x"}})), "messages[0].role");
  EXPECT_EQ(fault(saying({{"role", 3}, {"content", "x"}})), "messages[0].role");
  EXPECT_EQ(fault(saying({{"role", "user"}})), "messages[0].content");
  EXPECT_EQ(fault(saying({{"role", "user"}, {"content", 7}})), "messages[0].content");
  EXPECT_EQ(fault(saying(Json::parse(R"({"role": "user", "content": [{"type": "image_url"}]})"))),
            "messages[0].content[0].type");
  EXPECT_EQ(fault(saying(Json::parse(R"({"role": "assistant", "tool_calls":
                [{"function": {"name": "f", "arguments": "{\"a\":"}}]})"))),
            "messages[0].tool_calls[0].function.arguments");
  const ApiError error = refusal(saying({{"role", "robot"}, {"content", "x"}}));
  EXPECT_EQ(error.status, 400);
  EXPECT_EQ(error.message,
            "\"messages[0].role\" is \"robot\": expected one of system, developer, user, "
            "assistant, tool");
}

TEST(RequestTest, WrongTypesAndRangesAreNamed) {
  const std::vector<std::pair<const char*, Json>> wrong = {
      {"model", 3},
      {"temperature", "warm"},
      {"temperature", 2.1},
      {"temperature", -0.1},
      {"top_p", 1.5},
      {"seed", 1.5},
      {"seed", uint64_t(1) << 63},
      {"max_tokens", 0},
      {"max_tokens", "many"},
      {"max_completion_tokens", -1},
      {"stop", 4},
      {"stop", Json::array({"a", 1})},
      {"stop", Json::array({"a", "b", "c", "d", "e"})},
      {"stop", ""},
      {"stream", "yes"},
      {"stream_options", true},
      {"chat_template_kwargs", Json::array()},
      {"tools", "light"},
      {"tool_choice", 3},
      {"response_format", "json"},
  };
  for (const auto& [key, value] : wrong) EXPECT_EQ(fault(asking(key, value)), key) << value;
}

TEST(RequestTest, WhatIsNotSupportedIsRefusedByName) {
  const std::vector<std::pair<const char*, Json>> unsupported = {
      {"n", 2},
      {"logprobs", true},
      {"top_logprobs", 3},
      {"logit_bias", {{"50", 1}}},
      {"frequency_penalty", 0.5},
      {"presence_penalty", -1},
      {"functions", Json::array()},
      {"function_call", "auto"},
  };
  for (const auto& [key, value] : unsupported) {
    const ApiError error = refusal(asking(key, value));
    EXPECT_EQ(error.param, key);
    EXPECT_THAT(error.message, HasSubstr(key));
  }
}

TEST(RequestTest, ToolsAndTheirChoice) {
  const auto choosing = [](const Json& choice) {
    return asking({{"tools", kTools}, {"tool_choice", choice}});
  };
  const ChatRequest free = read(asking("tools", kTools));
  EXPECT_TRUE(free.example.calls);
  EXPECT_EQ(free.example.tools, kTools.dump());
  EXPECT_EQ(free.must_call, "");
  EXPECT_EQ(read(choosing("auto")).must_call, "");
  EXPECT_EQ(read(choosing("required")).must_call, kTools.dump());
  const ChatRequest none = read(choosing("none"));
  EXPECT_FALSE(none.example.calls);
  EXPECT_EQ(none.example.tools, "");
  const ChatRequest named =
      read(choosing({{"type", "function"}, {"function", {{"name", "heat"}}}}));
  EXPECT_EQ(named.example.tools, kTools.dump());
  EXPECT_EQ(named.must_call, Json::array({kTools[1]}).dump());
  EXPECT_EQ(fault(choosing({{"function", {{"name", "door"}}}})), "tool_choice.function.name");
  EXPECT_EQ(fault(choosing("sometimes")), "tool_choice");
  EXPECT_EQ(fault(asking("tool_choice", "required")), "tool_choice");
}

TEST(RequestTest, AFaultyToolIsNamed) {
  const auto tool = [](const char* text) {
    return fault(asking("tools", Json::array({Json::parse(text)})));
  };
  EXPECT_EQ(tool("3"), "tools[0]");
  EXPECT_EQ(tool(R"({"function": {"name": "f"}})"), "tools[0].type");
  EXPECT_EQ(tool(R"({"type": "function"})"), "tools[0].function");
  EXPECT_EQ(tool(R"({"type": "function", "function": {}})"), "tools[0].function.name");
  EXPECT_EQ(tool(R"({"type": "function", "function": {"name": "a b"}})"), "tools[0].function.name");
  EXPECT_EQ(tool(R"({"type": "function", "function": {"name": "f", "parameters": []}})"),
            "tools[0].function.parameters");
}

TEST(RequestTest, AnAnswersForm) {
  const auto form = [](const char* text) { return asking("response_format", Json::parse(text)); };
  EXPECT_EQ(read(form(R"({"type": "text"})")).schema, "");
  EXPECT_EQ(read(form(R"({"type": "json_object"})")).schema, R"({"type": "object"})");
  EXPECT_EQ(read(form(R"({"type": "json_schema", "json_schema": {"name": "n",
                         "schema": {"type": "integer"}}})"))
                .schema,
            R"({"type":"integer"})");
  EXPECT_EQ(fault(form(R"({"type": "xml"})")), "response_format.type");
  EXPECT_EQ(fault(form(R"({"type": "json_schema"})")), "response_format.json_schema");
  EXPECT_EQ(fault(form(R"({"type": "json_schema", "json_schema": {}})")),
            "response_format.json_schema.schema");
  Json both = form(R"({"type": "json_object"})");
  both["tools"] = kTools;
  EXPECT_EQ(fault(both), "response_format");
}

TEST(RequestTest, WhatIsNoJsonIsRefusedWithItsPlace) {
  const ApiError error = refusal(std::string("{\"messages\":\n [,]}"));
  EXPECT_EQ(error.status, 400);
  EXPECT_THAT(error.message, HasSubstr("line 2, column 3"));
  EXPECT_THAT(refusal(std::string()).message, HasSubstr("not JSON"));
  EXPECT_THAT(refusal(std::string("[1]")).message, HasSubstr("no JSON object"));
  EXPECT_THAT(refusal(std::string("{\"a\": \"\xff\"}")).message, HasSubstr("not JSON"));
  EXPECT_THAT(refusal(std::string("{\"a\": 1e999}")).message, HasSubstr("not JSON"));
}

TEST(RequestTest, DeepBodiesAreRefusedBeforeTheyAreParsed) {
  const auto deep = [](size_t depth) {
    return "{\"messages\": " + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_THAT(refusal(deep(size_t(kDeepestBody))).message, HasSubstr("100 deep"));
  EXPECT_THAT(refusal(deep(1'000'000)).message, HasSubstr("100 deep"));
  EXPECT_EQ(refusal(deep(size_t(kDeepestBody) - 1)).param, "messages[0]");
  // Brackets in a text are none.
  const std::string brackets(1000, '[');
  EXPECT_EQ(
      read(saying({{"role", "user"}, {"content", "\"" + brackets}})).example.messages[0].content,
      "\"" + brackets);
}

TEST(RequestTest, ObjectsOfTooManyKeysAreRefusedBeforeTheyAreParsed) {
  const auto body_of = [](int keys) {
    std::string body = "{\"messages\": [], \"metadata\": {\"k0\": 0";
    for (int i = 1; i < keys; ++i) body += ",\"k" + std::to_string(i) + "\":0";
    return body + "}}";
  };
  EXPECT_EQ(refusal(body_of(2000)).param, "messages");
  EXPECT_THAT(refusal(body_of(2001)).message, HasSubstr("more than 2000 keys"));
  EXPECT_THAT(refusal(body_of(700'000)).message, HasSubstr("more than 2000 keys"));
  // Colons in a text are none.
  const std::string colons(5000, ':');
  EXPECT_EQ(read(saying({{"role", "user"}, {"content", colons}})).example.messages[0].content,
            colons);
}

}  // namespace
}  // namespace tuneval::serve
