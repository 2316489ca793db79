#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tuneval {

/// The text most like another one, by the cosine of their TF-IDF vectors over words (hash_words).
///
/// A word's weight in a text is count · ln((1 + n) / (1 + df)), with n known texts of which df hold
/// the word: words of all texts, such as instructions, weigh nothing. A word that no known text
/// holds is left out. The same on every run: sums are taken in a fixed order.
class NearestExamples {
 public:
  explicit NearestExamples(const std::vector<std::string_view>& texts);

  /// The place of the known text most like `text`, the first of several alike; none where no word
  /// of it that weighs something is in any. Time grows with the known texts that share its words.
  std::optional<size_t> find(std::string_view text) const;

 private:
  struct Word {
    double weight = 0.0;                               ///< ln((1 + n) / (1 + df))
    std::vector<std::pair<uint32_t, double>> holders;  ///< texts, and its share of their vectors
  };

  size_t texts_ = 0;
  std::unordered_map<uint32_t, Word> words_;
};

}  // namespace tuneval
