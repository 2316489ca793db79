#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

/// Characters of UTF-8 text, which are Unicode code points here. Of text that is not UTF-8 every
/// byte but a continuation byte counts as one.

inline bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

inline size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, begins_character));
}

/// Byte offset of the character with this index; the text's end when it has fewer.
inline size_t offset_of_character(std::string_view text, size_t index) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && index-- == 0) return i;
  }
  return text.size();
}

/// At most the first `most` bytes of a text, cut where a character ends.
inline std::string_view first_bytes(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && !begins_character(text[most])) --most;
  return text.substr(0, most);
}
