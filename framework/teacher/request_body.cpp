#include "framework/teacher/request_body.h"

#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// What newer servers call "max_tokens".
constexpr const char* kOtherLimit = "max_completion_tokens";

/// A call in one of the forms that rows have: {"name", "arguments"}, maybe within "function";
/// arguments may be an object or its text. Null for anything else.
std::optional<ToolCall> call_of(const Json& item) {
  const Json* function = &item;
  if (item.is_object() && item.contains("function")) function = &item["function"];
  if (!function->is_object() || !function->contains("name")) return std::nullopt;
  if (!(*function)["name"].is_string()) return std::nullopt;
  ToolCall call{(*function)["name"].get<std::string>(), "{}"};
  for (const char* key : {"arguments", "parameters"}) {
    if (!function->contains(key) || (*function)[key].is_null()) continue;
    const Json& arguments = (*function)[key];
    call.arguments = arguments.is_string() ? arguments.get<std::string>() : arguments.dump();
    break;
  }
  return call;
}

std::optional<std::vector<ToolCall>> calls_of(const std::string& text) {
  if (auto canonical = read_calls(text)) return canonical;  // keeps numbers to the digit
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return std::nullopt;
  std::vector<ToolCall> calls;
  for (const Json& item : json) {
    auto call = call_of(item);
    if (!call) return std::nullopt;
    calls.push_back(std::move(*call));
  }
  return calls;
}

/// Messages one after the other; knows which calls wait for their result.
class Conversation {
 public:
  void add(const Message& message) {
    if (message.role == "tool") return add_result(message.content);
    close_calls();
    const auto calls = message.tool_calls.empty() ? std::nullopt : calls_of(message.tool_calls);
    if (calls && !calls->empty()) return add_calls(message, *calls);
    // Calls in no form that is known are text like any other.
    push(message.role, message.content.empty() ? message.tool_calls : message.content);
  }

  Json take() {
    close_calls();
    return std::move(messages_);
  }

 private:
  void push(const std::string& role, const std::string& content) {
    messages_.push_back({{"role", role}, {"content", content}});
  }

  void add_calls(const Message& message, const std::vector<ToolCall>& calls) {
    Json written = Json::array();
    for (const ToolCall& call : calls) {
      waiting_.push_back(fmt::format("call_{}", ++calls_made_));
      const Json function = {{"name", call.name}, {"arguments", call.arguments}};
      written.push_back({{"id", waiting_.back()}, {"type", "function"}, {"function", function}});
    }
    const Json content = message.content.empty() ? Json() : Json(message.content);
    messages_.push_back(
        {{"role", message.role}, {"content", content}, {"tool_calls", std::move(written)}});
  }

  void add_result(const std::string& content) {
    if (waiting_.empty()) return push("user", content);
    messages_.push_back(
        {{"role", "tool"}, {"tool_call_id", waiting_.front()}, {"content", content}});
    waiting_.pop_front();
  }

  void close_calls() {
    while (!waiting_.empty()) add_result("");
  }

  Json messages_ = Json::array();
  std::deque<std::string> waiting_;  ///< ids of calls without a result
  int64_t calls_made_ = 0;
};

}  // namespace

Json request_body(const TeacherOptions& options, const TeacherRequest& request) {
  Conversation conversation;
  for (const Message& message : request.messages) conversation.add(message);
  Json body = {{"model", options.model}, {"messages", conversation.take()}};
  Json tools = Json::parse(request.tools, nullptr, /*allow_exceptions=*/false);
  if (tools.is_array() && !tools.empty()) body["tools"] = std::move(tools);
  body["temperature"] = request.temperature.value_or(options.temperature);
  const auto max_tokens = request.max_tokens ? request.max_tokens : options.max_tokens;
  if (max_tokens && !options.extra_body.contains(kOtherLimit)) body["max_tokens"] = *max_tokens;
  // Servers read a signed number.
  if (request.seed) {
    body["seed"] = *request.seed & uint64_t{std::numeric_limits<int64_t>::max()};
  }
  for (const auto& field : options.extra_body.items()) body[field.key()] = field.value();
  return body;
}

std::optional<int64_t> max_completion_tokens(const TeacherOptions& options) {
  const auto found = options.extra_body.find(kOtherLimit);
  if (found == options.extra_body.end() || !found->is_number_integer()) return std::nullopt;
  const auto limit = found->get<int64_t>();
  return limit > 0 ? std::optional(limit) : std::nullopt;
}

int64_t guessed_tokens(size_t bytes) { return static_cast<int64_t>(bytes / 4 + 1); }
int64_t reserved_tokens(size_t bytes) { return static_cast<int64_t>(bytes / 3 + 1); }

}  // namespace tuneval
