#pragma once

#include "tuneval/config.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tuneval {

/// `text` without the ASCII whitespace around it.
inline std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// "a, b or c", of any sequence of texts.
template <typename Names>
std::string listed(const Names& names) {
  std::string text;
  size_t left = names.size();
  for (const std::string_view name : names) {
    text += name;
    --left;
    if (left > 0) text += left == 1 ? " or " : ", ";
  }
  return text;
}

/// Refuses an option that `metric` does not have, by the table's own `fail`: it is a misspelt one.
inline void check_option_names(const Config& options, std::string_view metric,
                               std::initializer_list<std::string_view> known) {
  for (const std::string& key : options.keys()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const std::string why = "is not an option of " + std::string(metric);
    options.fail(
        key, known.size() == 0 ? why + ", which has none" : why + ": expected " + listed(known));
  }
}

/// The value of an option that is one of a few words; the first of them where it is absent.
inline std::string word_option(const Config& options, std::string_view key,
                               std::initializer_list<std::string_view> words) {
  std::string word = options.text_or(key, std::string(*words.begin()));
  if (std::ranges::find(words, word) == words.end()) {
    options.fail(key, "is \"" + word + "\": expected " + listed(words));
  }
  return word;
}

}  // namespace tuneval
