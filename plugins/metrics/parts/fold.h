#pragma once

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

#include <string>
#include <string_view>

/// Lower case as Unicode's default mapping has it, the final sigma included, which is also that of
/// Python's str.lower(). `text` is UTF-8; it comes back as it is where ICU cannot read it.
inline std::string lower(std::string_view text) {
  const auto size = static_cast<int32_t>(text.size());
  std::string out;
  icu::StringByteSink<std::string> sink(&out, size);
  UErrorCode error = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, {text.data(), size}, sink, nullptr, error);
  return U_SUCCESS(error) ? out : std::string(text);
}

/// Punctuation of ASCII, as Python's string.punctuation has it.
inline bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}
