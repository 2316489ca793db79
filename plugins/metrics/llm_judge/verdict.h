#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

enum class Verdict { good, bad };

namespace verdict {

inline bool is_word(char c) {
  const bool digit = c >= '0' && c <= '9';
  const bool latin = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return digit || latin || static_cast<unsigned char>(c) >= 0x80;
}

inline bool equals(std::string_view word, std::string_view lower) {
  const auto folded = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(word, lower, {}, folded);
}

/// Takes the last word off `text`; empty when there is none.
inline std::string_view take_last_word(std::string_view& text) {
  while (!text.empty() && !is_word(text.back())) text.remove_suffix(1);
  size_t begin = text.size();
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  const std::string_view word = text.substr(begin);
  text = text.substr(0, begin);
  return word;
}

}  // namespace verdict

/// Reads a judge's answer: its last line with a word on it is "good" or "bad", in any case, with
/// nothing but punctuation around it and at most "verdict" before it, as in `**Verdict:** Good.` or
/// `{"verdict": "good"}`. Null for any other text, "not good" among them: no verdict is guessed.
inline std::optional<Verdict> parse_verdict(std::string_view answer) {
  const std::string_view word = verdict::take_last_word(answer);
  std::string_view before = answer.substr(answer.rfind('\n') + 1);
  const std::string_view title = verdict::take_last_word(before);
  if (!title.empty() && !verdict::equals(title, "verdict")) return std::nullopt;
  if (!verdict::take_last_word(before).empty()) return std::nullopt;
  if (verdict::equals(word, "good")) return Verdict::good;
  if (verdict::equals(word, "bad")) return Verdict::bad;
  return std::nullopt;
}
