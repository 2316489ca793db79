#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tuneval {

/// The words of a text as hashes, in order. A word is a run of ASCII letters and digits, case
/// folded, and of letters of two bytes in UTF-8; every longer character (as of Chinese) and every
/// sign that is not punctuation is one by itself. Punctuation and space are left out.
std::vector<uint32_t> hash_words(std::string_view text);

/// How many words all of several texts begin with, and how many of the others they end with:
/// instructions, which make nothing alike. None for fewer than two texts.
struct CommonWords {
  size_t front = 0, back = 0;
};
CommonWords common_words(const std::vector<const std::vector<uint32_t>*>& texts);

/// Two texts that are nearly the same.
struct NearTexts {
  size_t known = 0, fresh = 0;  ///< places in the two lists
  double similarity = 0.0;      ///< shared word triples by all word triples of the two
};

/// For each text of `fresh` the one of `known` that is most like it, if their similarity (Jaccard,
/// of the sets of word triples) is at least `threshold`. A text of fewer than three words is one
/// triple. Words that all texts begin with, or all end with, are left out first: instructions make
/// nothing alike. A text without other words is like none.
///
/// Exact, in time that grows with the texts' length, unless a text has rare triples in common with
/// thousands of others: then the first of these are compared.
std::vector<NearTexts> find_near(std::vector<std::vector<uint32_t>> known,
                                 std::vector<std::vector<uint32_t>> fresh, double threshold);

}  // namespace tuneval
