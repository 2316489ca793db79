#include "framework/data/similarity.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_map>

namespace tuneval {

namespace {

using Words = std::vector<uint32_t>;
using Triples = std::vector<uint32_t>;  // a set: sorted, each once

constexpr size_t kTriple = 3;
constexpr size_t kMostVisits = 20'000;   // entries of the index looked at, a text
constexpr size_t kMostCompared = 1'000;  // texts compared with one
constexpr std::string_view kPunctuation = ".,;:!?'\"()[]{}`_";

uint32_t mixed(uint64_t value) {
  value = (value ^ (value >> 31)) * 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9u;
  return static_cast<uint32_t>(value >> 32);
}

class WordHasher {
 public:
  void add(char c) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    empty_ = false;
  }
  void end() {
    if (!empty_) words.push_back(mixed(hash_));
    hash_ = kStart;
    empty_ = true;
  }

  Words words;

 private:
  static constexpr uint64_t kStart = 0xCBF29CE484222325u;  // FNV-1a

  uint64_t hash_ = kStart;
  bool empty_ = true;
};

/// Bytes of the character that starts with `lead`; 1 for a byte that starts none.
size_t length_of(unsigned char lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  return lead >= 0xC0 ? 2 : 1;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// How many words all lists begin with; with `from_end`, end with. `most`: of any list.
size_t words_in_common(const std::vector<const Words*>& lists, size_t most, bool from_end) {
  const auto word = [&](const Words& words, size_t i) {
    return from_end ? words[words.size() - 1 - i] : words[i];
  };
  for (size_t i = 0; i < most; ++i) {
    for (const Words* list : lists) {
      if (word(*list, i) != word(*lists.front(), i)) return i;
    }
  }
  return most;
}

void strip_common(std::vector<Words>& known, std::vector<Words>& fresh) {
  std::vector<const Words*> lists;
  for (const std::vector<Words>* side : {&known, &fresh}) {
    for (const Words& words : *side) lists.push_back(&words);
  }
  const auto [front, back] = common_words(lists);
  for (std::vector<Words>* side : {&known, &fresh}) {
    for (Words& words : *side) {
      words.resize(words.size() - back);
      words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(front));
    }
  }
}

Triples triples_of(const Words& words) {
  Triples triples;
  const auto hash = [&](size_t begin, size_t end) {
    uint64_t value = end - begin;
    for (size_t i = begin; i < end; ++i) value = (uint64_t{mixed(value)} << 32) | words[i];
    return mixed(value);
  };
  if (!words.empty() && words.size() < kTriple) triples.push_back(hash(0, words.size()));
  for (size_t i = 0; i + kTriple <= words.size(); ++i) triples.push_back(hash(i, i + kTriple));
  std::ranges::sort(triples);
  triples.erase(std::unique(triples.begin(), triples.end()), triples.end());
  return triples;
}

/// How many texts hold a triple; triples that share a counter count as one.
class Counts {
 public:
  Counts() : counters_(size_t{1} << 22) {}
  void add(const Triples& triples) {
    for (const uint32_t one : triples) ++counters_[one % counters_.size()];
  }
  uint32_t of(uint32_t triple) const { return counters_[triple % counters_.size()]; }

 private:
  std::vector<uint32_t> counters_;
};

/// The known texts by their rarest triples. Two sets that share enough must share one of these: if
/// all of a set's first n - ceil(t n) + 1 triples, in an order that holds for all sets, are missing
/// in the other, fewer than t n are left to share.
class NearIndex {
 public:
  NearIndex(const std::vector<Words>& known, const std::vector<Words>& fresh, double threshold)
      : threshold_(threshold), seen_(known.size(), 0) {
    for (const Words& words : known) known_.push_back(triples_of(words));
    for (const Words& words : fresh) fresh_.push_back(triples_of(words));
    for (const Triples& set : known_) counts_.add(set);
    for (const Triples& set : fresh_) counts_.add(set);
    for (size_t i = 0; i < known_.size(); ++i) {
      for (const uint32_t one : rarest(known_[i])) index_[one].push_back(uint32_t(i));
    }
  }

  /// The known text most like a fresh one; `similarity` is 0 where none is like it.
  NearTexts nearest(size_t fresh) {
    NearTexts best{0, fresh, 0.0};
    const Triples& set = fresh_[fresh];
    for (const uint32_t one : candidates(fresh)) {
      const double similarity = compare(known_[one], set);
      const bool better = similarity > best.similarity ||
                          (similarity == best.similarity && similarity > 0 && one < best.known);
      if (better) best = {one, fresh, similarity};
    }
    return best;
  }

 private:
  /// The triples by which a set is found, rarest first.
  std::vector<uint32_t> rarest(const Triples& set) const {
    if (set.empty()) return {};
    const auto shared = static_cast<size_t>(std::ceil(threshold_ * double(set.size())));
    const size_t kept = set.size() - std::min(set.size(), shared) + 1;
    std::vector<uint32_t> order(set);
    const auto before = [&](uint32_t a, uint32_t b) {
      return std::pair(counts_.of(a), a) < std::pair(counts_.of(b), b);
    };
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(kept, order.size()));
    std::partial_sort(order.begin(), end, order.end(), before);
    order.erase(end, order.end());
    return order;
  }

  std::vector<uint32_t> candidates(size_t fresh) {
    std::vector<uint32_t> found;
    size_t visits = 0;
    for (const uint32_t triple : rarest(fresh_[fresh])) {
      const auto entry = index_.find(triple);
      if (entry == index_.end()) continue;
      for (const uint32_t known : entry->second) {
        if (++visits > kMostVisits || found.size() == kMostCompared) return found;
        if (seen_[known] == fresh + 1) continue;
        seen_[known] = fresh + 1;
        found.push_back(known);
      }
    }
    return found;
  }

  /// The similarity of two sets; 0 as soon as it cannot reach the threshold.
  double compare(const Triples& a, const Triples& b) const {
    const auto all = double(a.size() + b.size());
    const double needed = threshold_ * all / (1 + threshold_);
    size_t i = 0, j = 0, shared = 0;
    while (i < a.size() && j < b.size()) {
      const size_t reachable = shared + std::min(a.size() - i, b.size() - j);
      if (double(reachable) + 1e-9 < needed) return 0.0;
      if (a[i] == b[j])
        ++shared, ++i, ++j;
      else if (a[i] < b[j])
        ++i;
      else
        ++j;
    }
    const double similarity = double(shared) / (all - double(shared));
    return similarity + 1e-9 < threshold_ ? 0.0 : similarity;
  }

  double threshold_;
  std::vector<Triples> known_, fresh_;
  Counts counts_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> index_;  // triple → known texts
  std::vector<size_t> seen_;  // by known text: the last fresh one it was a candidate of, plus 1
};

}  // namespace

std::vector<uint32_t> hash_words(std::string_view text) {
  WordHasher hasher;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t length = std::min(length_of(static_cast<unsigned char>(c)), text.size() - i);
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (is_letter_or_digit(c) || length == 2) {
      for (size_t k = 0; k < length; ++k) hasher.add(text[i + k]);
    } else {
      hasher.end();
      if (!space && kPunctuation.find(c) == std::string_view::npos) {
        for (size_t k = 0; k < length; ++k) hasher.add(text[i + k]);
        hasher.end();
      }
    }
    i += length;
  }
  hasher.end();
  return std::move(hasher.words);
}

CommonWords common_words(const std::vector<const Words*>& texts) {
  if (texts.size() < 2) return {};
  size_t shortest = texts.front()->size();
  for (const Words* words : texts) shortest = std::min(shortest, words->size());
  const size_t front = words_in_common(texts, shortest, false);
  return {front, words_in_common(texts, shortest - front, true)};
}

std::vector<NearTexts> find_near(std::vector<Words> known, std::vector<Words> fresh,
                                 double threshold) {
  strip_common(known, fresh);
  NearIndex index(known, fresh, threshold);
  std::vector<NearTexts> found;
  for (size_t i = 0; i < fresh.size(); ++i) {
    const NearTexts nearest = index.nearest(i);
    if (nearest.similarity > 0) found.push_back(nearest);
  }
  return found;
}

}  // namespace tuneval
