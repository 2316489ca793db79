#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The words of an answer as SQuAD 2.0's official evaluation compares them: in lower case, ASCII
/// punctuation cut out, then "a", "an" and "the" where they stand as words, then split at Unicode
/// whitespace. `text` is UTF-8; bytes that are not are kept.
std::vector<std::string> normal_words(std::string_view text);
