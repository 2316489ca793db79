#include "framework/baseline/nearest_examples.h"

#include "framework/data/similarity.h"

#include <algorithm>
#include <cmath>

namespace tuneval {

namespace {

using Counts = std::vector<std::pair<uint32_t, double>>;  // words, ascending, and their counts

Counts count_words(std::string_view text) {
  std::vector<uint32_t> words = hash_words(text);
  std::ranges::sort(words);
  Counts counts;
  for (const uint32_t word : words) {
    if (counts.empty() || counts.back().first != word) counts.emplace_back(word, 0.0);
    counts.back().second += 1.0;
  }
  return counts;
}

}  // namespace

NearestExamples::NearestExamples(const std::vector<std::string_view>& texts)
    : texts_(texts.size()) {
  std::vector<Counts> all;
  std::unordered_map<uint32_t, double> frequency;
  for (const std::string_view text : texts) {
    all.push_back(count_words(text));
    for (const auto& [word, count] : all.back()) frequency[word] += 1.0;
  }
  const auto weight_of = [&](uint32_t word) {
    return std::log((1.0 + double(texts_)) / (1.0 + frequency[word]));
  };
  for (size_t i = 0; i < all.size(); ++i) {
    double squares = 0.0;
    for (const auto& [word, count] : all[i]) {
      const double share = count * weight_of(word);
      squares += share * share;
    }
    if (squares == 0.0) continue;
    for (const auto& [word, count] : all[i]) {
      const double weight = weight_of(word);
      if (weight == 0.0) continue;
      Word& entry = words_[word];
      entry.weight = weight;
      entry.holders.emplace_back(uint32_t(i), count * weight / std::sqrt(squares));
    }
  }
}

std::optional<size_t> NearestExamples::find(std::string_view text) const {
  // Not divided by the length of the text's own vector, which is the same for all.
  std::vector<double> likeness(texts_, 0.0);
  for (const auto& [word, count] : count_words(text)) {
    const auto found = words_.find(word);
    if (found == words_.end()) continue;
    const double share = count * found->second.weight;
    for (const auto& [holder, weight] : found->second.holders) {
      likeness[holder] += share * weight;
    }
  }
  const auto best = std::ranges::max_element(likeness);
  if (best == likeness.end() || *best <= 0.0) return std::nullopt;
  return size_t(best - likeness.begin());
}

}  // namespace tuneval
