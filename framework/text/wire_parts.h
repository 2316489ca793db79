#pragma once

#include "tuneval/task/tool_calls.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What the wire forms are made of. Each reader starts at `at`, adds the calls it finds and moves
/// `at` behind them; false: what stands there is something else (`at` and the calls are then of no
/// use).
namespace tuneval::wire {

using Calls = std::vector<ToolCall>;

inline constexpr std::string_view kSpace = " \t\r\n";

inline size_t skip_space(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(kSpace, at), text.size());
}

/// Whether what starts at `at` can only be calls as JSON: an object, or an array that is empty or
/// starts with an object. Python calls never look so.
bool looks_like_json(std::string_view text, size_t at);

/// JSON calls: objects and arrays of them, with space or ";" between them.
bool read_json(std::string_view text, size_t& at, Calls& calls);

/// {"name": …, "arguments": {…}}, spaced as Python's json.dumps does; `key` is "arguments" or
/// "parameters".
std::string write_json(const ToolCall& call, std::string_view key);

/// Compact JSON with a space behind every "," and ":" of its structure.
std::string spaced_json(std::string_view compact);

/// The order of the arguments of tools. Reads the schemas when first asked.
class PropertyOrder {
 public:
  explicit PropertyOrder(std::string_view tools) : tools_(tools) {}
  /// Name of a function's argument at a position; null where there is none.
  const std::string* name_of(const std::string& function, size_t position);

 private:
  void read();

  std::string_view tools_;
  bool known_ = false;
  std::unordered_map<std::string, std::vector<std::string>> names_;
};

/// How a string that is an argument's whole value was written.
enum class Quotes {
  escaped,  ///< as Python does
  raw,      ///< between quotes as it is: one that a call's next part follows ends it
};

/// Python calls: `[f(x=1), g()]`, or calls with a line break, "," or ";" between them.
bool read_python(std::string_view text, size_t& at, Quotes quotes, PropertyOrder& order,
                 Calls& calls);

/// `f(x=1, y="a")`; null where the function's name is no Python name.
std::optional<std::string> write_python(const ToolCall& call);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether a character may stand in a number or in a word such as True.
inline bool in_word(char c) {
  return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether a character may stand in a name of a function or an argument.
inline bool in_name(char c) {
  return in_word(c) || c == '.' || c == '-' || c == ':' || c == '/' || (c & 0x80) != 0;
}

/// Appends the JSON of the Python literal at `at`.
bool read_literal(std::string_view text, size_t& at, std::string& json);

/// A JSON string of UTF-8; other bytes become U+FFFD.
std::string quoted_json(std::string_view text);

/// Where the value of valid compact JSON that starts at `at` ends.
size_t value_end(std::string_view json, size_t at);

}  // namespace tuneval::wire
