#include "framework/serve/request_parts.h"

#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace tuneval::serve {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostTools = 128, kLongestName = 64;

bool is_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, fits);
}

/// Calls fn(item, path) for each object of a list; what is no object is noted.
template <class Work>
void for_each_object(const Fields& fields, const char* key, const Json& list, const Work& work) {
  for (size_t i = 0; i < list.size() && !fields.problem().any(); ++i) {
    std::string path = fmt::format("{}[{}]", fields.path_of(key), i);
    if (!list[i].is_object()) {
      fields.problem().note(path, fmt::format("\"{}\" is no object", path));
    } else {
      work(Fields(list[i], std::move(path), fields.problem()));
    }
  }
}

/// A text, or the texts of a list of parts one after the other; nothing where there is none.
std::optional<std::string> read_content(const Fields& message) {
  const Json* const content = message.any("content");
  if (!content) return std::nullopt;
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) {
    message.wrong("content", "a string or a list of text parts");
    return std::nullopt;
  }
  std::string whole;
  for_each_object(message, "content", *content, [&](const Fields& part) {
    const std::string type = part.text("type").value_or("");
    if (type != "text") return part.wrong("type", "\"text\": the model reads nothing else");
    const auto text = part.text("text");
    if (!text) return part.wrong("text", "a string");
    whole += *text;
  });
  return whole;
}

/// An assistant's calls in their canonical form.
std::string read_message_calls(const Fields& message) {
  const Json* const list = message.array("tool_calls");
  if (!list || list->empty()) return {};
  std::vector<ToolCall> calls;
  for_each_object(message, "tool_calls", *list, [&](const Fields& call) {
    const Json* const named = call.object("function");
    if (!named) return call.wrong("function", "an object");
    const Fields function(*named, call.path_of("function"), call.problem());
    const auto name = function.text("name");
    if (!name || name->empty()) return function.wrong("name", "the tool's name");
    const std::string written = function.text("arguments").value_or("");
    const auto arguments = written.empty() ? std::string("{}") : compact_json(written);
    if (!arguments || !arguments->starts_with('{')) {
      return function.wrong("arguments", "a JSON object as text");
    }
    calls.push_back({*name, *arguments});
  });
  return message.problem().any() ? std::string() : write_calls(calls);
}

void read_message(const Fields& message, ChatRequest& request) {
  std::string role = message.text("role").value_or("");
  if (role == "developer") role = "system";
  if (role != "system" && role != "user" && role != "assistant" && role != "tool") {
    return message.wrong("role", "one of system, developer, user, assistant, tool");
  }
  const std::optional<std::string> content = read_content(message);
  const std::string calls = role == "assistant" ? read_message_calls(message) : std::string();
  if (!content && role != "assistant") {
    return message.wrong("content", "a string or a list of text parts");
  }
  request.example.messages.push_back({std::move(role), content.value_or(""), calls});
}

void check_tool(const Fields& tool) {
  if (tool.text("type").value_or("") != "function") return tool.wrong("type", "\"function\"");
  const Json* const named = tool.object("function");
  if (!named) return tool.wrong("function", "an object");
  const Fields function(*named, tool.path_of("function"), tool.problem());
  if (!is_name(function.text("name").value_or(""))) {
    function.wrong("name", "1 to 64 letters, digits, \"_\", \"-\" and \".\"");
  }
  function.text("description");
  function.object("parameters");
}

/// The tools of that name, as Example::tools; empty where there is none.
std::string tools_named(const Json& tools, const std::string& name) {
  Json found = Json::array();
  for (const Json& tool : tools) {
    if (tool.at("function").at("name") == name) found.push_back(tool);
  }
  return found.empty() ? std::string() : found.dump();
}

void read_tool_choice(const Fields& fields, const Json& tools, ChatRequest& request) {
  constexpr const char* kExpected = "none, auto, required, or the name of a function to call";
  const Json* const choice = fields.any("tool_choice");
  if (!choice || (choice->is_string() && *choice == "auto")) return;
  if (choice->is_string() && *choice == "none") {
    request.example.tools.clear();
    request.example.calls = false;
  } else if (choice->is_string() && *choice == "required") {
    request.must_call = request.example.tools;
    if (tools.empty()) fields.refuse("tool_choice", "is \"required\", and there are no \"tools\"");
  } else if (choice->is_object()) {
    const Fields inside(*choice, "tool_choice", fields.problem());
    const Json* const named = inside.object("function");
    if (!named) return inside.wrong("function", "an object with the \"name\" of a tool");
    const Fields function(*named, "tool_choice.function", fields.problem());
    request.must_call = tools_named(tools, function.text("name").value_or(""));
    if (request.must_call.empty()) function.wrong("name", "the name of one of \"tools\"");
  } else {
    fields.wrong("tool_choice", kExpected);
  }
}

}  // namespace

void read_messages(const Fields& fields, ChatRequest& request) {
  const Json* const messages = fields.array("messages");
  if (!messages || messages->empty()) {
    return fields.wrong("messages", "a list of at least one message");
  }
  for_each_object(fields, "messages", *messages,
                  [&](const Fields& message) { read_message(message, request); });
}

void read_tools(const Fields& fields, ChatRequest& request) {
  const Json* const given = fields.array("tools");
  const Json tools = given ? *given : Json::array();
  if (tools.size() > kMostTools) {
    return fields.refuse("tools",
                         fmt::format("has {} tools: at most {}", tools.size(), kMostTools));
  }
  for_each_object(fields, "tools", tools, check_tool);
  if (fields.problem().any()) return;
  if (!tools.empty()) {
    request.example.tools = tools.dump();
    request.example.calls = true;
  }
  read_tool_choice(fields, tools, request);
}

}  // namespace tuneval::serve
