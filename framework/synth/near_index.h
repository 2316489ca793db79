#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace tuneval {

/// One text that is compared with many by ROUGE-L's F-measure over words: twice the longest common
/// subsequence by the words of both.
class WordMatcher {
 public:
  explicit WordMatcher(std::span<const uint32_t> words);

  /// 0 where a text has no word, and, perhaps, where the similarity is below `least`: that is often
  /// known without a comparison.
  double similarity(std::span<const uint32_t> other, double least = 0.0);

 private:
  std::unordered_map<uint32_t, int32_t> kinds_;
  std::vector<int32_t> own_, other_;
  std::vector<int32_t> counts_, left_;  // of each kind: in the text, and not yet met in the other
};

/// A text of the index that is nearly the same as another.
struct NearText {
  size_t text = 0;          ///< its number in the order of adding
  double similarity = 0.0;  ///< at least the index's threshold
};

/// Texts to which others are compared one at a time, in time that hardly grows with their number.
///
/// A prefix filter finds the candidates, and WordMatcher compares them, so that the answer is exact
/// for the measure that the threshold is meant for, as long as a text has at most a thousand
/// candidates (see below); MinHash would miss some pairs and needs the same verification. What two
/// texts with a ROUGE-L of at least t have to share follows from their lengths n and m. L = ceil(t
/// (n + m) / 2) of their words are common and in order. All others, n - L and m - L, part at most 2
/// (n - L) + (m - L) of the n - 1 word pairs of the first, so at least 3 L - n - m - 1 pairs are
/// shared too. If of T tokens at least s are shared, then two texts share one of their first T - s
/// + 1 in any order that holds for both: here the rarest first. Pairs are rare, and with t = 0.95
/// the eleven rarest of 59 are looked up. Where texts are too short, or t too low, for the bound to
/// ask for a pair, words take their place.
///
/// The order is that of the counts when the index had half its size or more: it is then made anew,
/// which costs about as much as all adding before.
///
/// Two caps bound a search where even the rarest tokens are frequent: it looks at 20,000 entries of
/// the index and compares with 1,000 texts at most, those of the rarest tokens and among these the
/// earliest. What lies beyond is not found.
class NearIndex {
 public:
  /// `threshold`: above 0, at most 1.
  explicit NearIndex(double threshold);

  void add(std::vector<uint32_t> words);
  /// The text most like this one, of those with a similarity of the threshold or more; of equals
  /// the one added first. A text without words is like none.
  std::optional<NearText> find(std::span<const uint32_t> words);
  size_t size() const { return texts_.size(); }

 private:
  using Token = uint64_t;

  std::vector<Token> keys_of(std::span<const uint32_t> words) const;
  void take_rarest(std::vector<Token>& tokens, size_t shared, std::vector<Token>& keys) const;
  void post(size_t text);
  void reorder();
  uint32_t count_of(Token token) const { return counts_[token & (counts_.size() - 1)]; }

  double threshold_;
  size_t long_from_ = std::numeric_limits<size_t>::max();  // words from which on pairs are shared
  std::vector<std::vector<uint32_t>> texts_;
  size_t ordered_ = 0;            // texts when the order was made
  std::vector<uint32_t> counts_;  // of tokens, a power of two of them; tokens may share a counter
  std::unordered_map<Token, std::vector<uint32_t>> posted_;  // key → texts, ascending
  std::vector<size_t> seen_;  // by text: the last search that it was a candidate of
  size_t searches_ = 0;
};

}  // namespace tuneval
