#include "framework/data/importers/conversation.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

[[noreturn]] void fail(const std::string& where, const std::string& message) {
  throw DataError(fmt::format("{}: {}", where, message));
}

/// A JSON value in a message, cut where it is long.
std::string shown(const Json& value) {
  constexpr size_t kLongest = 80;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() <= kLongest) return text;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

/// The value of a key; null when there is none.
Json value_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? Json() : *found;
}

std::string normal_role(const Json& turn, const std::string& where) {
  const Json role = value_of(turn, "role");
  if (role == "developer") return "system";
  if (role == "function") return "tool";
  for (const char* known : {"system", "user", "assistant", "tool"}) {
    if (role == known) return known;
  }
  fail(where, fmt::format("\"role\" is {}: expected system, developer, user, assistant, tool or "
                          "function",
                          shown(role)));
}

/// The text of "content": a text, null, or a list of parts of the type text.
std::string normal_content(const Json& content, const std::string& where) {
  if (content.is_null()) return {};
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) {
    fail(where, fmt::format("\"content\" is {}: expected a text, null or a list of text parts",
                            shown(content)));
  }
  std::string text;
  for (const Json& part : content) {
    const Json words = part.is_object() ? value_of(part, "text") : Json();
    if (!words.is_string() || value_of(part, "type") != "text") {
      fail(where,
           fmt::format("\"content\" holds {}: expected parts of the type text", shown(part)));
    }
    text += words.get<std::string>();
  }
  return text;
}

Json normal_calls(const Json& turn, const std::string& where) {
  const Json older = value_of(turn, "function_call");
  Json calls = value_of(turn, "tool_calls");
  if (calls.is_null() && older.is_object()) calls = Json::array({older});
  if (calls.is_null()) return Json::array();
  if (!calls.is_array()) {
    fail(where, fmt::format("\"tool_calls\" is {}: expected an array", shown(calls)));
  }
  Json normal = Json::array();
  for (const Json& call : calls) normal.push_back(normal_call(call, where));
  return normal;
}

Json normal_message(const Json& turn, const std::string& where) {
  if (!turn.is_object()) fail(where, fmt::format("is {}: expected an object", shown(turn)));
  Json message;
  message["role"] = normal_role(turn, where);
  message["content"] = normal_content(value_of(turn, "content"), where);
  Json calls = normal_calls(turn, where);
  if (!calls.empty() && message["role"] != "assistant") {
    fail(where, fmt::format("\"tool_calls\" in a turn of the role {}: expected them in the "
                            "assistant's alone",
                            message["role"].get<std::string>()));
  }
  if (!calls.empty()) message["tool_calls"] = std::move(calls);
  if (message["role"] != "tool") return message;
  for (const char* key : {"name", "tool_call_id"}) {
    if (turn.contains(key)) message[key] = turn[key];
  }
  return message;
}

Json normal_arguments(const Json& function, const std::string& where) {
  Json arguments = value_of(function, "arguments");
  if (arguments.is_null()) arguments = value_of(function, "parameters");
  if (arguments.is_null() || arguments == "") return Json::object();
  const Json object = unpacked(arguments);
  if (object.is_object()) return object;
  fail(where, fmt::format("the arguments of a call are {}: expected a JSON object, or a text that "
                          "holds one",
                          shown(arguments)));
}

/// The name of a call or of a tool.
std::string name_of(const Json& function, std::string_view of, const std::string& where) {
  const Json name = value_of(function, "name");
  if (name.is_string() && name != "") return name.get<std::string>();
  fail(where, fmt::format("the \"name\" of a {} is {}: expected a text", of, shown(name)));
}

}  // namespace

Json unpacked(const Json& value) {
  if (!value.is_string()) return value;
  Json inner = Json::parse(value.get<std::string>(), nullptr, false);
  return inner.is_discarded() ? Json() : inner;
}

Json normal_call(const Json& call, const std::string& where) {
  if (!call.is_object()) fail(where, fmt::format("a call is {}: expected an object", shown(call)));
  const Json inner = value_of(call, "function");
  if (!inner.is_null() && !inner.is_object()) {
    fail(where, fmt::format("\"function\" of a call is {}: expected an object", shown(inner)));
  }
  const Json& function = inner.is_null() ? call : inner;
  Json normal;
  if (const Json id = value_of(call, "id"); id.is_string()) normal["id"] = id;
  normal["type"] = "function";
  normal["function"]["name"] = name_of(function, "call", where);
  normal["function"]["arguments"] = normal_arguments(function, where);
  return normal;
}

Json normal_messages(const Json& turns, const std::string& where) {
  if (!turns.is_array() || turns.empty()) {
    fail(where, fmt::format("the conversation is {}: expected an array of turns", shown(turns)));
  }
  Json messages = Json::array();
  for (size_t i = 0; i < turns.size(); ++i) {
    messages.push_back(normal_message(turns[i], fmt::format("{}: turn {}", where, i + 1)));
  }
  return messages;
}

Json normal_tools(const Json& tools, const std::string& where) {
  if (!tools.is_array() || tools.empty()) {
    fail(where, fmt::format("the tools are {}: expected an array of functions", shown(tools)));
  }
  Json normal = Json::array();
  std::set<std::string> names;
  for (const Json& tool : tools) {
    Json function = tool.is_object() ? value_of(tool, "function") : Json();
    if (function.is_null()) function = tool;
    if (!function.is_object()) {
      fail(where, fmt::format("a tool is {}: expected a function's schema", shown(tool)));
    }
    const std::string name = name_of(function, "tool", where);
    if (!names.insert(name).second) fail(where, fmt::format("two tools are called \"{}\"", name));
    const Json parameters = value_of(function, "parameters");
    if (parameters.is_null()) {
      function["parameters"] = Json{{"type", "object"}, {"properties", Json::object()}};
    } else if (!parameters.is_object()) {
      fail(where, fmt::format("\"parameters\" of the tool {} is {}: expected an object", name,
                              shown(parameters)));
    }
    normal.push_back(Json{{"type", "function"}, {"function", std::move(function)}});
  }
  return normal;
}

Json call_turn(const Json& calls) {
  Json turn = {{"role", "assistant"}, {"content", ""}};
  if (calls.empty()) {
    turn["content"] = kNoCall;
  } else {
    turn["tool_calls"] = calls;
  }
  return turn;
}

bool has_calls(const Json& message) { return message.contains("tool_calls"); }

std::string conversation_prompt(const Json& messages, const Json& tools) {
  std::string text;
  for (size_t i = 0; i + 1 < messages.size(); ++i) {
    const Json calls = value_of(messages[i], "tool_calls");
    text += joined({messages[i]["role"].get_ref<const std::string&>(),
                    messages[i]["content"].get_ref<const std::string&>(), calls.dump()});
  }
  return tools.is_null() ? text : text + tools.dump();
}

}  // namespace tuneval
