#pragma once

#include "framework/generate/sampling.h"
#include "framework/serve/api_error.h"
#include "tuneval/task/example.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tuneval::serve {

/// What a client asks of /v1/chat/completions.
struct ChatRequest {
  std::string model;  ///< empty: whichever is served
  /// The conversation and, unless "tool_choice" is "none", the tools.
  Example example;
  nlohmann::ordered_json template_variables;  ///< "chat_template_kwargs"; null: none
  /// The tools of which calls must be what is answered, as Example::tools; empty: nothing must.
  std::string must_call;
  std::string schema;  ///< a JSON Schema that the answer must fit; empty: none
  Sampling sampling;   ///< its seed counts if `seeded`
  bool seeded = false;
  std::optional<int64_t> max_tokens;
  std::vector<std::string> stop;
  bool stream = false, include_usage = false;
};

/// Reads a request's body. What is wrong with it comes back with the field's path; fields that
/// nobody knows are left alone, known ones that are not supported are refused.
std::variant<ChatRequest, ApiError> read_chat_request(std::string_view body);

/// Arrays and objects inside each other that a body may have.
inline constexpr int kDeepestBody = 100;

}  // namespace tuneval::serve
