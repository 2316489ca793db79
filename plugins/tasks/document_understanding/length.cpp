#include "length.h"

#include "parts/options.h"
#include "parts/utf8.h"
#include "tuneval/metric/text.h"

using tuneval::Config;

namespace {

/// Stands where a document was cut in its middle.
constexpr std::string_view kGap = "\n[…]\n";
constexpr size_t kGapCharacters = 5;
constexpr int64_t kFewest = 16;

}  // namespace

LengthRule::LengthRule(const Config& options) {
  const std::string name =
      tuneval::word_option(options, "too_long", {"refuse", "cut_end", "cut_middle"});
  policy_ = name == "refuse"    ? Policy::refuse
            : name == "cut_end" ? Policy::cut_end
                                : Policy::cut_middle;
  if (!options.has("max_document_characters")) {
    if (policy_ == Policy::refuse) return;
    options.fail("too_long", "is \"" + name + "\", but nothing says what is too long: expected " +
                                 "max_document_characters beside it");
  }
  const int64_t most = options.integer("max_document_characters");
  if (most < kFewest) {
    options.fail("max_document_characters", "is below " + std::to_string(kFewest));
  }
  most_ = static_cast<size_t>(most);
}

std::string LengthRule::read(const Config& row, std::string_view key) const {
  std::string text = read_filled(row, key);
  const size_t length = count_characters(text);
  if (most_ == 0 || length <= most_) return text;
  if (policy_ == Policy::refuse) {
    row.fail(key, "has " + std::to_string(length) + " characters: expected at most " +
                      std::to_string(most_) +
                      " (max_document_characters), or too_long = \"cut_end\" or \"cut_middle\"");
  }
  if (policy_ == Policy::cut_end) return text.substr(0, offset_of_character(text, most_));
  const size_t kept = most_ - kGapCharacters, tail = kept / 2;
  return text.substr(0, offset_of_character(text, kept - tail)) + std::string(kGap) +
         text.substr(offset_of_character(text, length - tail));
}
