#pragma once

#include "framework/serve/api_error.h"
#include "tuneval/task/tool_calls.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval::serve {

/// What all parts of one response have in common.
struct ResponseHead {
  std::string id;       ///< "chatcmpl-…"
  int64_t created = 0;  ///< seconds since 1970
  std::string model;
};

/// An answer as a client gets it.
struct Reply {
  std::string content;          ///< empty where there are calls
  std::vector<ToolCall> calls;  ///< with `call_ids`, as many
  std::vector<std::string> call_ids;
  std::string finish_reason;  ///< "stop", "length" or "tool_calls"
};

struct Usage {
  int64_t prompt_tokens = 0;
  int64_t completion_tokens = 0;  ///< without the end token
  int64_t cached_tokens = 0;      ///< of the prompt, those that were in the cache
};

/// A name that no other answer or call has: the prefix and 24 random hexadecimal digits.
std::string fresh_id(std::string_view prefix);

/// The body of /v1/chat/completions.
nlohmann::ordered_json completion_json(const ResponseHead& head, const Reply& reply,
                                       const Usage& usage);

// Chunks of a stream; with `with_usage`, each says that the usage comes later.

/// The first one: who speaks.
nlohmann::ordered_json first_chunk(const ResponseHead& head, bool with_usage);
nlohmann::ordered_json text_chunk(const ResponseHead& head, std::string_view text, bool with_usage);
/// All calls of an answer at once.
nlohmann::ordered_json calls_chunk(const ResponseHead& head, const Reply& reply, bool with_usage);
nlohmann::ordered_json last_chunk(const ResponseHead& head, const Reply& reply, bool with_usage);
/// Behind the last one, where the client asked for it.
nlohmann::ordered_json usage_chunk(const ResponseHead& head, const Usage& usage);

/// The body of a model, and of the list of them.
nlohmann::ordered_json model_json(const std::string& id, int64_t created);
nlohmann::ordered_json models_json(const std::string& id, int64_t created);

/// The body of a refusal or failure.
nlohmann::ordered_json error_json(const ApiError& error);

/// A server-sent event.
std::string event_text(const nlohmann::ordered_json& json);
/// The event behind the last one.
inline constexpr std::string_view kLastEvent = "data: [DONE]\n\n";

}  // namespace tuneval::serve
