#include "framework/serve/response.h"

#include "framework/record/json_object.h"

#include <fmt/format.h>

#include <random>

namespace tuneval::serve {

using Json = nlohmann::ordered_json;

namespace {

Json head_json(const ResponseHead& head, const char* object) {
  return {{"id", head.id}, {"object", object}, {"created", head.created}, {"model", head.model}};
}

Json usage_json(const Usage& usage) {
  return {{"prompt_tokens", usage.prompt_tokens},
          {"completion_tokens", usage.completion_tokens},
          {"total_tokens", usage.prompt_tokens + usage.completion_tokens},
          {"prompt_tokens_details", {{"cached_tokens", usage.cached_tokens}}}};
}

Json calls_json(const Reply& reply, bool numbered) {
  Json calls = Json::array();
  for (size_t i = 0; i < reply.calls.size(); ++i) {
    Json call = Json::object();
    if (numbered) call["index"] = i;
    call["id"] = reply.call_ids.at(i);
    call["type"] = "function";
    call["function"] = {{"name", reply.calls[i].name}, {"arguments", reply.calls[i].arguments}};
    calls.push_back(std::move(call));
  }
  return calls;
}

Json chunk_json(const ResponseHead& head, Json delta, const Json& finish_reason, bool with_usage) {
  Json chunk = head_json(head, "chat.completion.chunk");
  Json choice = Json::object();
  choice["index"] = 0;
  choice["delta"] = std::move(delta);
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = finish_reason;
  chunk["choices"] = Json::array();
  chunk["choices"].push_back(std::move(choice));
  if (with_usage) chunk["usage"] = nullptr;
  return chunk;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string fresh_id(std::string_view prefix) {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return fmt::format("{}{:016x}{:08x}", prefix, random(), uint32_t(random()));
}

Json completion_json(const ResponseHead& head, const Reply& reply, const Usage& usage) {
  Json message = Json::object();
  message["role"] = "assistant";
  message["content"] = reply.calls.empty() ? Json(reply.content) : Json();
  message["refusal"] = nullptr;
  if (!reply.calls.empty()) message["tool_calls"] = calls_json(reply, /*numbered=*/false);
  Json choice = Json::object();
  choice["index"] = 0;
  choice["message"] = std::move(message);
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = reply.finish_reason;
  Json json = head_json(head, "chat.completion");
  json["choices"] = Json::array();
  json["choices"].push_back(std::move(choice));
  json["usage"] = usage_json(usage);
  return json;
}

Json first_chunk(const ResponseHead& head, bool with_usage) {
  return chunk_json(head, {{"role", "assistant"}, {"content", ""}}, nullptr, with_usage);
}

Json text_chunk(const ResponseHead& head, std::string_view text, bool with_usage) {
  return chunk_json(head, {{"content", std::string(text)}}, nullptr, with_usage);
}

Json calls_chunk(const ResponseHead& head, const Reply& reply, bool with_usage) {
  Json delta = Json::object();
  delta["tool_calls"] = calls_json(reply, /*numbered=*/true);
  return chunk_json(head, std::move(delta), nullptr, with_usage);
}

Json last_chunk(const ResponseHead& head, const Reply& reply, bool with_usage) {
  return chunk_json(head, Json::object(), reply.finish_reason, with_usage);
}

Json usage_chunk(const ResponseHead& head, const Usage& usage) {
  Json chunk = head_json(head, "chat.completion.chunk");
  chunk["choices"] = Json::array();
  chunk["usage"] = usage_json(usage);
  return chunk;
}

Json model_json(const std::string& id, int64_t created) {
  return {{"id", id}, {"object", "model"}, {"created", created}, {"owned_by", "tuneval"}};
}

Json models_json(const std::string& id, int64_t created) {
  Json list = Json::array();
  list.push_back(model_json(id, created));
  return {{"object", "list"}, {"data", std::move(list)}};
}

Json error_json(const ApiError& error) {
  return {{"error",
           {{"message", error.message},
            {"type", error.type},
            {"param", text_or_null(error.param)},
            {"code", text_or_null(error.code)}}}};
}

std::string event_text(const Json& json) { return "data: " + json_text(json, -1) + "\n\n"; }

}  // namespace tuneval::serve
