#include "porter.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace {

/// What the conditions ask of a stem.
struct Shape {
  int measure = 0;  ///< m of [C](VC)^m[V]
  bool has_vowel = false;
  /// Whether the last character, the one before it and the one before that are consonants.
  std::array<bool, 3> consonant = {};
};

Shape shape_of(std::string_view stem) {
  Shape shape;
  for (size_t i = 0; i < stem.size(); ++i) {
    const bool after_consonant = i > 0 && shape.consonant[0];
    const bool consonant = stem[i] == 'y'
                               ? !after_consonant
                               : std::string_view("aeiou").find(stem[i]) == std::string_view::npos;
    if (consonant && i > 0 && !after_consonant) ++shape.measure;
    if (!consonant) shape.has_vowel = true;
    shape.consonant = {consonant, shape.consonant[0], shape.consonant[1]};
  }
  return shape;
}

int measure(std::string_view stem) { return shape_of(stem).measure; }

/// Consonant, vowel, consonant at the end, the last none of w, x, y; or all of it vowel, consonant.
bool ends_cvc(std::string_view stem) {
  const auto [last, middle, first] = shape_of(stem).consonant;
  if (stem.size() == 2) return !middle && last;
  return stem.size() >= 3 && first && !middle && last &&
         std::string_view("wxy").find(stem.back()) == std::string_view::npos;
}

struct Rule {
  std::string_view suffix, replacement;
};

/// Applies the first rule whose suffix the word has, if its stem's measure is over `least`; a later
/// rule is not tried.
std::string apply(std::span<const Rule> rules, const std::string& word, int least) {
  for (const auto& [suffix, replacement] : rules) {
    if (!word.ends_with(suffix)) continue;
    std::string stem = word.substr(0, word.size() - suffix.size());
    if (measure(stem) <= least) return word;
    return stem.append(replacement);
  }
  return word;
}

std::string without(const std::string& word, size_t letters) {
  return word.substr(0, word.size() - letters);
}

std::string strip_plural(const std::string& word) {
  if (word.ends_with("ies")) return without(word, word.size() == 4 ? 1 : 2);
  if (word.ends_with("sses")) return without(word, 2);
  if (word.ends_with("s") && !word.ends_with("ss")) return without(word, 1);
  return word;
}

/// What is left after -ed or -ing gets an ending of its own.
std::string mend(std::string stem) {
  if (stem.ends_with("at") || stem.ends_with("bl") || stem.ends_with("iz")) return stem + "e";
  const char last = stem.back();
  const bool doubled =
      stem.size() >= 2 && stem[stem.size() - 2] == last && shape_of(stem).consonant[0];
  if (doubled) {
    const bool keeps_both = last == 'l' || last == 's' || last == 'z';
    return keeps_both ? stem : without(stem, 1);
  }
  return measure(stem) == 1 && ends_cvc(stem) ? stem + "e" : stem;
}

std::string strip_past(const std::string& word) {
  if (word.ends_with("ied")) return without(word, word.size() == 4 ? 1 : 2);
  if (word.ends_with("eed")) return measure(without(word, 3)) > 0 ? without(word, 1) : word;
  for (const std::string_view suffix : {"ed", "ing"}) {
    if (!word.ends_with(suffix)) continue;
    std::string stem = without(word, suffix.size());
    if (shape_of(stem).has_vowel) return mend(std::move(stem));
  }
  return word;
}

std::string y_to_i(const std::string& word) {
  if (!word.ends_with("y")) return word;
  const std::string stem = without(word, 1);
  return stem.size() > 1 && shape_of(stem).consonant[0] ? stem + "i" : word;
}

/// Double suffixes to single ones.
std::string shorten(std::string word) {
  static constexpr Rule kRules[] = {{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},
                                    {"anci", "ance"},   {"izer", "ize"},    {"bli", "ble"},
                                    {"alli", "al"},     {"entli", "ent"},   {"eli", "e"},
                                    {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
                                    {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"},
                                    {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},
                                    {"iviti", "ive"},   {"biliti", "ble"},  {"fulli", "ful"}};
  if (word.ends_with("alli") && measure(without(word, 4)) > 0) word.resize(word.size() - 2);
  // The "l" counts as the stem's, so that "geologi" loses its ending as "archaeologi" does.
  if (word.ends_with("logi")) return measure(without(word, 3)) > 0 ? without(word, 1) : word;
  return apply(kRules, word, 0);
}

std::string strip_adjective(const std::string& word) {
  static constexpr Rule kRules[] = {{"icate", "ic"}, {"ative", ""},  {"alize", "al"},
                                    {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""},
                                    {"ness", ""}};
  return apply(kRules, word, 0);
}

std::string strip_last(const std::string& word) {
  static constexpr Rule kBefore[] = {{"al", ""},    {"ance", ""}, {"ence", ""}, {"er", ""},
                                     {"ic", ""},    {"able", ""}, {"ible", ""}, {"ant", ""},
                                     {"ement", ""}, {"ment", ""}, {"ent", ""}};
  static constexpr Rule kAfter[] = {{"ou", ""},  {"ism", ""}, {"ate", ""}, {"iti", ""},
                                    {"ous", ""}, {"ive", ""}, {"ize", ""}};
  if (word.ends_with("ion")) {
    const std::string stem = without(word, 3);
    const bool strips = measure(stem) > 1 && (stem.back() == 's' || stem.back() == 't');
    return strips ? stem : word;
  }
  const std::string shorter = apply(kBefore, word, 1);
  return shorter == word ? apply(kAfter, word, 1) : shorter;
}

std::string tidy(std::string word) {
  if (word.ends_with("e")) {
    const std::string stem = without(word, 1);
    const int m = measure(stem);
    if (m > 1 || (m == 1 && !ends_cvc(stem))) word = stem;
  }
  if (word.ends_with("ll") && measure(without(word, 1)) > 1) word.pop_back();
  return word;
}

/// Words that the rules get wrong.
struct Irregular {
  std::string_view word, stem;
};
constexpr Irregular kIrregular[] = {
    {"sky", "sky"},        {"skies", "sky"},       {"dying", "die"},        {"lying", "lie"},
    {"tying", "tie"},      {"news", "news"},       {"innings", "inning"},   {"inning", "inning"},
    {"outings", "outing"}, {"outing", "outing"},   {"cannings", "canning"}, {"canning", "canning"},
    {"howe", "howe"},      {"proceed", "proceed"}, {"exceed", "exceed"},    {"succeed", "succeed"}};

}  // namespace

std::string porter_stem(std::string word) {
  const auto irregular = std::ranges::find(kIrregular, word, &Irregular::word);
  if (irregular != std::end(kIrregular)) return std::string(irregular->stem);
  if (word.size() <= 2) return word;
  word = shorten(y_to_i(strip_past(strip_plural(word))));
  return tidy(strip_last(strip_adjective(word)));
}
