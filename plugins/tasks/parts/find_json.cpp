#include "parts/find_json.h"

#include "tuneval/metric/text.h"
#include "tuneval/task/tool_calls.h"

namespace {

constexpr std::string_view kFence = "```";

/// The text inside a Markdown fence that begins `text`; `text` itself where there is none.
std::string_view without_fence(std::string_view text) {
  if (!text.starts_with(kFence)) return text;
  const size_t line = text.find('\n');
  if (line == std::string_view::npos) return text;
  text.remove_prefix(line + 1);
  return tuneval::trim(text.substr(0, text.rfind(kFence)));
}

/// Length of the object or array that begins `text`, found by its brackets alone; 0 when they do
/// not match.
size_t bracketed(std::string_view text) {
  std::string open;  // the brackets around
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      open += c;
    } else if (c == '}' || c == ']') {
      if (open.back() != (c == '}' ? '{' : '[')) return 0;
      open.pop_back();
      if (open.empty()) return i + 1;
    }
  }
  return 0;
}

}  // namespace

std::optional<std::string> find_json(std::string_view completion,
                                     const std::function<bool(const std::string&)>& accept) {
  const std::string_view text = without_fence(tuneval::trim(completion));
  if (auto whole = tuneval::compact_json(text)) {
    if (!accept(*whole)) return std::nullopt;
    return whole;
  }
  // What all attempts may cost together, in bytes looked at: only a text with thousands of brackets
  // that hold no answer is given up.
  constexpr size_t kAttempt = 1024, kParsing = 16;
  size_t budget = 8 << 20;
  for (size_t at = text.find_first_of("{["); at != std::string_view::npos;
       at = text.find_first_of("{[", at + 1)) {
    const std::string_view rest = text.substr(at);
    const size_t length = bracketed(rest);
    if (length > 0) {
      auto value = tuneval::compact_json(rest.substr(0, length));
      if (value && accept(*value)) return value;
    }
    const size_t cost = kAttempt + (length > 0 ? length * (1 + kParsing) : rest.size());
    if (cost >= budget) break;
    budget -= cost;
  }
  return std::nullopt;
}
