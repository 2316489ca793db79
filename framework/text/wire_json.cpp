#include "framework/text/wire_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuneval::wire {

namespace {

/// Behind the closing quote of the string that opens at `at`; the text's end where none closes it.
size_t string_end(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

/// Behind the bracket that closes the one at `at`; the text's end where none does.
size_t bracket_end(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = string_end(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return at;
}

/// Calls `visit(key, value)` for each member of a compact object, and `visit({}, value)` for each
/// item of a compact array; ends early with false where `visit` does.
template <class Visit>
bool for_each_item(std::string_view json, Visit&& visit) {
  const bool object = json.front() == '{';
  size_t at = 1;
  while (at + 1 < json.size()) {
    std::string_view key;
    if (object) {
      const size_t end = string_end(json, at);
      key = json.substr(at, end - at);
      at = end + 1;
    }
    const size_t end = value_end(json, at);
    if (!visit(key, json.substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

std::string text_of(std::string_view string) {
  return nlohmann::json::parse(string).get<std::string>();
}

/// A call's arguments as a compact object: they may also be written as text, or be null.
std::optional<std::string> arguments_of(std::string_view value) {
  if (value.front() == '{') return std::string(value);
  if (value == "null") return "{}";
  if (value.front() != '"') return std::nullopt;
  const std::string written = text_of(value);
  if (skip_space(written, 0) == written.size()) return "{}";
  std::string object = compact_json(written).value_or("");
  if (!object.starts_with('{')) return std::nullopt;
  return object;
}

/// One call of a compact object: {"name", "arguments" or "parameters"}, or such an object as its
/// "function".
bool add_call(std::string_view object, Calls& calls) {
  std::string_view name, arguments, function;
  for_each_item(object, [&](std::string_view key, std::string_view value) {
    if (key == "\"name\"") name = value;
    if (key == "\"arguments\"") arguments = value;
    if (key == "\"parameters\"" && arguments.empty()) arguments = value;
    if (key == "\"function\"") function = value;
    return true;
  });
  // Only once: nesting it deeper is no form of any model.
  if (name.empty() && !function.empty() && function.front() == '{') {
    return function.find("\"function\":") == function.npos && add_call(function, calls);
  }
  if (name.size() <= 2 || name.front() != '"' || arguments.empty()) return false;
  std::optional<std::string> given = arguments_of(arguments);
  if (!given) return false;
  calls.push_back({text_of(name), *std::move(given)});
  return true;
}

bool add_calls(std::string_view json, Calls& calls) {
  if (json.front() == '{') return add_call(json, calls);
  return for_each_item(json, [&](std::string_view, std::string_view item) {
    return item.front() == '{' && add_call(item, calls);
  });
}

}  // namespace

size_t value_end(std::string_view json, size_t at) {
  if (json[at] == '"') return string_end(json, at);
  if (json[at] == '{' || json[at] == '[') return bracket_end(json, at);
  return std::min(json.find_first_of(",]}", at), json.size());
}

bool looks_like_json(std::string_view text, size_t at) {
  if (at >= text.size() || (text[at] != '{' && text[at] != '[')) return false;
  if (text[at] == '{') return true;
  at = skip_space(text, at + 1);
  return at < text.size() && (text[at] == '{' || text[at] == ']');
}

bool read_json(std::string_view text, size_t& at, Calls& calls) {
  if (!looks_like_json(text, at)) return false;
  size_t next = at;
  do {
    const size_t end = bracket_end(text, next);
    const std::optional<std::string> json = compact_json(text.substr(next, end - next));
    if (!json || !add_calls(*json, calls)) return false;
    at = end;
    next = skip_space(text, at);
    if (next < text.size() && text[next] == ';') {
      at = next + 1;
      next = skip_space(text, at);
    }
  } while (looks_like_json(text, next));
  return true;
}

std::string spaced_json(std::string_view compact) {
  std::string spaced;
  spaced.reserve(compact.size() + compact.size() / 8);
  size_t at = 0;
  while (at < compact.size()) {
    if (compact[at] == '"') {
      const size_t end = string_end(compact, at);
      spaced += compact.substr(at, end - at);
      at = end;
      continue;
    }
    spaced += compact[at];
    if (compact[at] == ',' || compact[at] == ':') spaced += ' ';
    ++at;
  }
  return spaced;
}

std::string quoted_json(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string write_json(const ToolCall& call, std::string_view key) {
  return fmt::format(R"({{"name": {}, "{}": {}}})", quoted_json(call.name), key,
                     spaced_json(compact_json(call.arguments).value_or(call.arguments)));
}

const std::string* PropertyOrder::name_of(const std::string& function, size_t position) {
  if (!known_) read();
  const auto found = names_.find(function);
  if (found == names_.end() || position >= found->second.size()) return nullptr;
  return &found->second[position];
}

void PropertyOrder::read() {
  known_ = true;
  const auto tools = nlohmann::ordered_json::parse(tools_, nullptr, /*allow_exceptions=*/false);
  if (!tools.is_array()) return;
  const nlohmann::ordered_json none = nlohmann::ordered_json::object();
  const auto inside = [&](const nlohmann::ordered_json& json, const char* key) {
    return json.is_object() && json.contains(key) ? json.at(key) : none;
  };
  for (const auto& tool : tools) {
    const auto function = inside(tool, "function");
    const auto name = inside(function, "name");
    if (!name.is_string()) continue;
    std::vector<std::string>& names = names_[name.get<std::string>()];
    const auto properties = inside(inside(function, "parameters"), "properties");
    for (const auto& property : properties.items()) names.push_back(property.key());
  }
}

}  // namespace tuneval::wire
