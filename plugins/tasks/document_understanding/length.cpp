#include "length.h"

#include "parts/options.h"
#include "tuneval/metric/text.h"

#include <algorithm>

using tuneval::Config;

namespace {

/// Stands where a document was cut in its middle.
constexpr std::string_view kGap = "\n[…]\n";
constexpr int64_t kGapCharacters = 5;
constexpr int64_t kFewest = 16;

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Byte offset of the character with this index; the text's end when it has fewer.
size_t offset_of(std::string_view text, int64_t index) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && index-- == 0) return i;
  }
  return text.size();
}

}  // namespace

LengthRule::LengthRule(const Config& options) {
  const std::string name =
      tuneval::word_option(options, "too_long", {"refuse", "cut_end", "cut_middle"});
  policy_ = name == "refuse"    ? Policy::refuse
            : name == "cut_end" ? Policy::cut_end
                                : Policy::cut_middle;
  if (!options.has("max_document_characters")) return;
  most_ = options.integer("max_document_characters");
  if (most_ < kFewest) {
    options.fail("max_document_characters", "is below " + std::to_string(kFewest));
  }
}

std::string LengthRule::read(const Config& row, std::string_view key) const {
  std::string text = read_filled(row, key);
  const int64_t length = std::ranges::count_if(text, begins_character);
  if (most_ == 0 || length <= most_) return text;
  if (policy_ == Policy::refuse) {
    row.fail(key, "has " + std::to_string(length) + " characters: expected at most " +
                      std::to_string(most_) +
                      " (max_document_characters), or too_long = \"cut_end\" or \"cut_middle\"");
  }
  if (policy_ == Policy::cut_end) return text.substr(0, offset_of(text, most_));
  const int64_t kept = most_ - kGapCharacters, tail = kept / 2;
  return text.substr(0, offset_of(text, kept - tail)) + std::string(kGap) +
         text.substr(offset_of(text, length - tail));
}
