#include "framework/manifest/toml_bounds.h"

#include <algorithm>
#include <cstddef>

namespace tuneval {

namespace {

constexpr size_t kMostBytes = size_t{4} << 20;
constexpr int kMostParts = 256;

/// Behind the string that opens at `at`; the text's end where none closes it.
size_t string_end(std::string_view text, size_t at) {
  const char quote = text[at];
  const bool escapes = quote == '"';
  const std::string_view all_three = quote == '"' ? "\"\"\"" : "'''";
  const bool long_form = text.substr(at).starts_with(all_three);
  const std::string_view close = long_form ? all_three : all_three.substr(0, 1);
  for (at += close.size(); at < text.size(); ++at) {
    if (escapes && text[at] == '\\') {
      ++at;
    } else if (text.substr(at).starts_with(close)) {
      return at + close.size();
    } else if (!long_form && text[at] == '\n') {
      return at;  // the parser will say so
    }
  }
  return text.size();
}

bool is_of_bare_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || (c & 0x80) != 0;
}

}  // namespace

std::string_view toml_fault(std::string_view text) {
  if (text.size() > kMostBytes) return "is larger than 4 MiB";
  int dots = 0;  // of the key that may stand here
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = string_end(text, at);
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.') {
      if (++dots >= kMostParts) return "has a dotted key of more than 256 parts";
    } else if (!is_of_bare_key(c) && c != ' ' && c != '\t') {
      dots = 0;
    }
    ++at;
  }
  return {};
}

}  // namespace tuneval
