#include "framework/synth/near_index.h"

#include "tuneval/metric/lcs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace tuneval {

namespace {

constexpr size_t kMostVisits = 20'000;   // entries of the index looked at, a text
constexpr size_t kMostCompared = 1'000;  // texts compared with one
constexpr size_t kFirstOrder = 32;       // texts when the order is made for the first time
constexpr double kRounding = 1e-9;

uint64_t mixed(uint64_t value) {
  value = (value ^ (value >> 32)) * 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9u;
  return value ^ (value >> 32);
}

/// What lengths say of two texts that are alike enough.
struct Lengths {
  double threshold;

  size_t shortest(size_t words) const {
    return size_t(std::ceil(double(words) * threshold / (2 - threshold) - kRounding));
  }
  size_t longest(size_t words) const {
    return size_t(std::floor(double(words) * (2 - threshold) / threshold + kRounding));
  }
  /// Of their longest common subsequence.
  size_t common(size_t one, size_t other) const {
    return size_t(std::ceil(threshold * double(one + other) / 2 - kRounding));
  }
  /// Word pairs that a text of so many words shares with any that is like it; may be below 1.
  int64_t pairs(size_t words) const {
    int64_t fewest = std::numeric_limits<int64_t>::max();
    for (size_t other = shortest(words); other <= longest(words); ++other) {
      fewest = std::min(fewest, 3 * int64_t(common(words, other)) - int64_t(words + other) - 1);
    }
    return fewest;
  }
  /// The length from which on there is always such a pair; the largest number where there is none.
  size_t long_from() const {
    const double growth = (1.5 * threshold - 1) * (1 + threshold / (2 - threshold));
    if (growth < 0.01) return std::numeric_limits<size_t>::max();
    // Without rounding up the pairs are growth · words - 1.
    auto words = size_t(2 / growth) + 1;
    while (words > 1 && pairs(words - 1) >= 1) --words;
    return words;
  }
};

/// Each element of a list with how often it came before: sets of these share what the lists do.
std::vector<uint64_t> numbered(std::vector<uint64_t> tokens) {
  std::ranges::sort(tokens);
  uint64_t before = 0;
  for (size_t i = 0, first = 0; i < tokens.size(); ++i) {
    if (i > 0 && tokens[i] != before) first = i;
    before = tokens[i];
    tokens[i] = mixed(before + uint64_t(i - first));
  }
  return tokens;
}

std::vector<uint64_t> words_of(std::span<const uint32_t> words) {
  std::vector<uint64_t> tokens;
  for (const uint32_t word : words) tokens.push_back(mixed(word));
  return numbered(std::move(tokens));
}

std::vector<uint64_t> pairs_of(std::span<const uint32_t> words) {
  std::vector<uint64_t> tokens;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    tokens.push_back(~mixed((uint64_t{words[i]} << 32) | words[i + 1]));
  }
  return numbered(std::move(tokens));
}

}  // namespace

WordMatcher::WordMatcher(std::span<const uint32_t> words) {
  for (const uint32_t word : words) {
    const auto [entry, fresh] = kinds_.try_emplace(word, int32_t(kinds_.size()));
    if (fresh) counts_.push_back(0);
    ++counts_[size_t(entry->second)];
    own_.push_back(entry->second);
  }
}

double WordMatcher::similarity(std::span<const uint32_t> other, double least) {
  if (own_.empty() || other.empty()) return 0.0;
  const auto both = double(own_.size() + other.size());
  left_ = counts_;
  other_.clear();
  int64_t shared = 0;  // an upper bound of what is common and in order
  for (const uint32_t word : other) {
    const auto kind = kinds_.find(word);
    if (kind == kinds_.end()) continue;
    other_.push_back(kind->second);
    if (left_[size_t(kind->second)]-- > 0) ++shared;
  }
  if (2 * double(shared) / both + kRounding < least) return 0.0;
  int64_t budget = std::numeric_limits<int64_t>::max();
  const auto length = lcs_length(own_, other_, int32_t(kinds_.size()), budget);
  return 2 * double(length.value_or(0)) / both;
}

NearIndex::NearIndex(double threshold)
    : threshold_(threshold), long_from_(Lengths{threshold}.long_from()), counts_(1) {}

void NearIndex::add(std::vector<uint32_t> words) {
  texts_.push_back(std::move(words));
  seen_.push_back(0);
  if (texts_.size() >= std::max(kFirstOrder, 2 * ordered_)) {
    reorder();
  } else {
    post(texts_.size() - 1);
  }
}

std::optional<NearText> NearIndex::find(std::span<const uint32_t> words) {
  const Lengths lengths{threshold_};
  const size_t shortest = lengths.shortest(words.size()), longest = lengths.longest(words.size());
  WordMatcher matcher(words);
  NearText best;
  size_t visits = 0, compared = 0;
  ++searches_;
  for (const Token key : keys_of(words)) {
    const auto entry = posted_.find(key);
    if (entry == posted_.end()) continue;
    for (const uint32_t text : entry->second) {
      if (++visits > kMostVisits || compared == kMostCompared) break;
      const std::vector<uint32_t>& other = texts_[text];
      if (seen_[text] == searches_ || other.size() < shortest || other.size() > longest) continue;
      seen_[text] = searches_;
      ++compared;
      const double similarity = matcher.similarity(other, std::max(threshold_, best.similarity));
      const bool better =
          similarity > best.similarity || (similarity == best.similarity && text < best.text);
      if (similarity + kRounding >= threshold_ && better) best = {text, similarity};
    }
  }
  if (best.similarity == 0.0) return std::nullopt;
  return best;
}

/// What a text is posted under and found by: enough that two texts that are alike have one of them
/// in common.
std::vector<NearIndex::Token> NearIndex::keys_of(std::span<const uint32_t> words) const {
  const Lengths lengths{threshold_};
  std::vector<Token> keys, tokens;
  if (words.empty()) return keys;
  if (words.size() >= long_from_) {
    tokens = pairs_of(words);
    take_rarest(tokens, size_t(lengths.pairs(words.size())), keys);
  }
  // Also where a shorter text, which has no keys but words, can be like it.
  const size_t shortest = lengths.shortest(words.size());
  if (shortest < long_from_) {
    tokens = words_of(words);
    take_rarest(tokens, lengths.common(words.size(), shortest), keys);
  }
  return keys;
}

void NearIndex::take_rarest(std::vector<Token>& tokens, size_t shared,
                            std::vector<Token>& keys) const {
  const size_t kept = tokens.size() - std::min(tokens.size(), shared) + 1;
  const auto end = tokens.begin() + std::ptrdiff_t(std::min(kept, tokens.size()));
  std::partial_sort(tokens.begin(), end, tokens.end(), [&](Token a, Token b) {
    return std::pair(count_of(a), a) < std::pair(count_of(b), b);
  });
  keys.insert(keys.end(), tokens.begin(), end);
}

void NearIndex::post(size_t text) {
  for (const Token key : keys_of(texts_[text])) posted_[key].push_back(uint32_t(text));
}

void NearIndex::reorder() {
  ordered_ = texts_.size();
  size_t tokens = 0;
  for (const auto& words : texts_) tokens += words.size();
  counts_.assign(std::bit_ceil(4 * tokens + 1), 0);
  const auto count = [&](Token token) { ++counts_[token & (counts_.size() - 1)]; };
  for (const auto& words : texts_) {
    std::ranges::for_each(pairs_of(words), count);
    std::ranges::for_each(words_of(words), count);
  }
  posted_.clear();
  for (size_t text = 0; text < texts_.size(); ++text) post(text);
}

}  // namespace tuneval
