#include "framework/serve/response.h"

#include <gtest/gtest.h>

#include <set>

namespace tuneval::serve {
namespace {

using Json = nlohmann::ordered_json;

const ResponseHead kHead = {"chatcmpl-1", 1700000000, "tiny"};
const Usage kUsage = {12, 5, 8};
const Reply kText = {.content = "It is on.", .calls = {}, .call_ids = {}, .finish_reason = "stop"};
const Reply kCalls = {.content = "",
                      .calls = {{"light", R"({"on":true})"}, {"wait", "{}"}},
                      .call_ids = {"call_a", "call_b"},
                      .finish_reason = "tool_calls"};

TEST(ResponseTest, ACompletionOfText) {
  EXPECT_EQ(completion_json(kHead, kText, kUsage), Json::parse(R"({
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "tiny",
    "choices": [{"index": 0,
                 "message": {"role": "assistant", "content": "It is on.", "refusal": null},
                 "logprobs": null, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17,
              "prompt_tokens_details": {"cached_tokens": 8}}})"));
}

TEST(ResponseTest, ACompletionOfCalls) {
  const Json choice = completion_json(kHead, kCalls, kUsage)["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_EQ(choice["message"], Json::parse(R"({"role": "assistant", "content": null,
    "refusal": null, "tool_calls": [
      {"id": "call_a", "type": "function",
       "function": {"name": "light", "arguments": "{\"on\":true}"}},
      {"id": "call_b", "type": "function", "function": {"name": "wait", "arguments": "{}"}}]})"));
}

TEST(ResponseTest, ChunksOfAStream) {
  const auto choice = [](const Json& chunk) {
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    EXPECT_EQ(chunk["id"], "chatcmpl-1");
    return chunk["choices"][0];
  };
  EXPECT_EQ(choice(first_chunk(kHead, false))["delta"],
            Json::parse(R"({"role": "assistant", "content": ""})"));
  const Json text = text_chunk(kHead, "It", false);
  EXPECT_EQ(choice(text)["delta"], Json::parse(R"({"content": "It"})"));
  EXPECT_TRUE(choice(text)["finish_reason"].is_null());
  EXPECT_FALSE(text.contains("usage"));
  const Json calls = choice(calls_chunk(kHead, kCalls, false))["delta"]["tool_calls"];
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[1], Json::parse(R"({"index": 1, "id": "call_b", "type": "function",
                                      "function": {"name": "wait", "arguments": "{}"}})"));
  const Json last = choice(last_chunk(kHead, kCalls, true));
  EXPECT_EQ(last["delta"], Json::object());
  EXPECT_EQ(last["finish_reason"], "tool_calls");
  // Where usage is asked for, every chunk says whether it is this one that has it.
  EXPECT_TRUE(text_chunk(kHead, "It", true).at("usage").is_null());
  const Json usage = usage_chunk(kHead, kUsage);
  EXPECT_EQ(usage["choices"], Json::array());
  EXPECT_EQ(usage["usage"]["total_tokens"], 17);
}

TEST(ResponseTest, ErrorsAndModels) {
  EXPECT_EQ(error_json({.message = "no", .param = "n", .code = "c"}), Json::parse(R"({"error":
    {"message": "no", "type": "invalid_request_error", "param": "n", "code": "c"}})"));
  EXPECT_TRUE(error_json({.message = "no"})["error"]["param"].is_null());
  EXPECT_EQ(models_json("tiny", 5), Json::parse(R"({"object": "list", "data": [
    {"id": "tiny", "object": "model", "created": 5, "owned_by": "tuneval"}]})"));
}

TEST(ResponseTest, AnEventIsOneLineWhateverItsText) {
  const std::string event = event_text(text_chunk(kHead, "a\nb\r\n\n\xff", false));
  EXPECT_TRUE(event.starts_with("data: {"));
  EXPECT_EQ(event.find('\n'), event.size() - 2);
  EXPECT_TRUE(event.ends_with("}\n\n"));
  const Json json = Json::parse(event.substr(6));
  EXPECT_EQ(json["choices"][0]["delta"]["content"], "a\nb\r\n\n\xEF\xBF\xBD");
}

TEST(ResponseTest, IdsAreFresh) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(fresh_id("call_"));
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(ids.begin()->size(), 5u + 24u);
}

}  // namespace
}  // namespace tuneval::serve
