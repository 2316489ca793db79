#include "parts/schema_pattern.h"

#include <algorithm>
#include <string>

namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Half of a pair that stands for one character beyond U+FFFF.
bool is_surrogate(std::string_view digits) {
  return (digits[0] == 'd' || digits[0] == 'D') && digits[1] >= '8';  // 8, 9 or a letter
}

/// The four digits of an escape "\u00e4" that `text` begins with; empty where it begins with none.
/// Surrogates are left to RE2, which refuses them.
std::string_view unicode_escape(std::string_view text) {
  constexpr size_t kBegin = 2, kDigits = 4;
  if (!text.starts_with("\\u") || text.size() < kBegin + kDigits) return {};
  const std::string_view digits = text.substr(kBegin, kDigits);
  const bool is_character = std::ranges::all_of(digits, is_hex) && !is_surrogate(digits);
  return is_character ? digits : std::string_view();
}

/// JSON Schema's expressions are ECMAScript's, where "\u00e4" and "\u{e4}" are a character. RE2
/// writes it "\x{e4}".
std::string as_re2(std::string_view pattern) {
  std::string out;
  while (!pattern.empty()) {
    size_t read = pattern.starts_with('\\') && pattern.size() > 1 ? 2 : 1;
    if (const std::string_view digits = unicode_escape(pattern); !digits.empty()) {
      out.append("\\x{").append(digits).append("}");
      read += digits.size();
    } else if (pattern.starts_with("\\u{")) {
      out += "\\x";
    } else {
      out += pattern.substr(0, read);
    }
    pattern.remove_prefix(read);
  }
  return out;
}

}  // namespace

std::unique_ptr<const re2::RE2> compile_pattern(std::string_view pattern) {
  return std::make_unique<const re2::RE2>(as_re2(pattern), re2::RE2::Quiet);
}
