// Calls as Python.
#include "framework/text/wire_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval::wire {

namespace {

bool starts_name(char c) {
  return in_name(c) && std::string_view(".-:/0123456789").find(c) == std::string_view::npos;
}

bool is_name(std::string_view text) {
  return !text.empty() && starts_name(text.front()) && std::ranges::all_of(text, in_name);
}

/// Whether what follows a quote shows that it ended an argument: ")" and then the end of the calls
/// or another call, or "," and another argument.
bool ends_argument(std::string_view text, size_t at) {
  at = skip_space(text, at);
  if (at == text.size() || (text[at] != ')' && text[at] != ',')) return false;
  const bool last = text[at] == ')';
  if (last && (at + 1 == text.size() || text[at + 1] == '\n')) return true;
  at = skip_space(text, at + 1);
  if (last) return at == text.size() || std::string_view(",];<`").find(text[at]) != text.npos;
  constexpr size_t kLongestName = 64;  // longer ones are not looked for: the time stays linear
  if (text.substr(at).starts_with("**")) return true;
  const size_t begin = at;
  while (at < text.size() && at - begin < kLongestName && in_name(text[at])) ++at;
  return at > begin && at < text.size() && text[at] == '=';
}

/// A string without escapes (Quotes::raw).
bool read_raw_string(std::string_view text, size_t& at, std::string& json) {
  const size_t begin = at + 1;
  for (size_t end = text.find(text[at], begin); end != text.npos;
       end = text.find(text[at], end + 1)) {
    if (!ends_argument(text, end + 1)) continue;
    json += quoted_json(text.substr(begin, end - begin));
    at = end + 1;
    return true;
  }
  return false;
}

/// The Python literal of a compact JSON value.
std::string write_literal(std::string_view json) {
  std::string literal;
  size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      const size_t end = value_end(json, at);
      literal += json.substr(at, end - at);
      at = end;
    } else if (c == 't' || c == 'f' || c == 'n') {
      literal += c == 't' ? "True" : c == 'f' ? "False" : "None";
      at += c == 'f' ? 5 : 4;
    } else {
      literal += c;
      if (c == ',' || c == ':') literal += ' ';
      ++at;
    }
  }
  return literal;
}

/// Calls from left to right; false: no call.
class PythonReader {
 public:
  PythonReader(std::string_view text, size_t at, Quotes quotes, PropertyOrder& order)
      : text_(text), at_(at), quotes_(quotes), order_(order) {}
  size_t at() const { return at_; }

  bool list(Calls& calls) {
    ++at_;
    bool more = true;  // whether another call may follow
    for (space(); !at_char(']'); space()) {
      if (!more || !call(calls)) return false;
      space();
      more = take(',');
    }
    ++at_;
    return !calls.empty();
  }

  /// Calls without brackets, each in a line of its own or behind "," or ";".
  bool lines(Calls& calls) {
    do {
      if (!call(calls)) return false;
    } while (next_line());
    return true;
  }

 private:
  bool at_char(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void space() { at_ = skip_space(text_, at_); }
  bool take(char c) {
    if (!at_char(c)) return false;
    ++at_;
    return true;
  }

  std::string_view name() {
    const size_t begin = at_;
    if (at_ < text_.size() && starts_name(text_[at_])) {
      while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool next_line() {
    const size_t end = at_;
    space();
    const bool separate = text_.substr(end, at_ - end).find('\n') != std::string_view::npos;
    if (take(',') || take(';')) {
      space();
    } else if (!separate) {
      return false;
    }
    return at_ < text_.size() && starts_name(text_[at_]);
  }

  bool call(Calls& calls) {
    ToolCall call{std::string(name()), "{"};
    space();
    if (call.name.empty() || !take('(')) return false;
    bool more = true;
    size_t position = 0;
    for (space(); !at_char(')'); space()) {
      if (!more || !argument(call, position++)) return false;
      space();
      more = take(',');
    }
    ++at_;
    call.arguments += '}';
    std::optional<std::string> checked = compact_json(call.arguments);
    if (!checked) return false;
    call.arguments = *std::move(checked);
    calls.push_back(std::move(call));
    return true;
  }

  bool argument(ToolCall& call, size_t position) {
    std::string& json = call.arguments;
    if (text_.substr(at_).starts_with("**")) {
      at_ += 2;
      return members(json);
    }
    const size_t begin = at_;
    std::string key(name());
    space();
    if (key.empty() || !take('=')) {
      at_ = begin;
      const std::string* named = order_.name_of(call.name, position);
      if (named == nullptr) return false;
      key = *named;
    }
    space();
    if (json.size() > 1) json += ',';
    json += quoted_json(key) + ':';
    const bool string = at_char('\'') || at_char('"');
    if (string && quotes_ == Quotes::raw) return read_raw_string(text_, at_, json);
    return read_literal(text_, at_, json);
  }

  /// The members of a dictionary: arguments whose names are no Python names.
  bool members(std::string& json) {
    std::string object;
    if (!at_char('{') || !read_literal(text_, at_, object)) return false;
    if (object.size() == 2) return true;
    if (json.size() > 1) json += ',';
    json += std::string_view(object).substr(1, object.size() - 2);
    return true;
  }

  std::string_view text_;
  size_t at_;
  Quotes quotes_;
  PropertyOrder& order_;
};

}  // namespace

bool read_python(std::string_view text, size_t& at, Quotes quotes, PropertyOrder& order,
                 Calls& calls) {
  if (at >= text.size()) return false;
  PythonReader reader(text, at, quotes, order);
  const bool read = text[at] == '[' ? reader.list(calls) : reader.lines(calls);
  at = reader.at();
  return read;
}

std::optional<std::string> write_python(const ToolCall& call) {
  const std::optional<std::string> json = compact_json(call.arguments);
  if (!is_name(call.name) || !json || json->front() != '{') return std::nullopt;
  std::string arguments;
  for (size_t at = 1; at + 1 < json->size();) {
    const size_t colon = value_end(*json, at);
    const size_t end = value_end(*json, colon + 1);
    const std::string_view key = std::string_view(*json).substr(at, colon - at);
    const std::string_view bare = key.substr(1, key.size() - 2);
    const std::string value =
        write_literal(std::string_view(*json).substr(colon + 1, end - colon - 1));
    if (!arguments.empty()) arguments += ", ";
    arguments +=
        is_name(bare) ? fmt::format("{}={}", bare, value) : fmt::format("**{{{}: {}}}", key, value);
    at = end + 1;
  }
  return fmt::format("{}({})", call.name, arguments);
}

}  // namespace tuneval::wire
