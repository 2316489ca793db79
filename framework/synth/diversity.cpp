#include "framework/synth/diversity.h"

#include "framework/synth/draw.h"

#include <algorithm>
#include <numeric>

namespace tuneval {

namespace {

constexpr size_t kMostPairs = 1'000'000;  // that are compared
constexpr size_t kFewestSampled = 20;

/// Share of different sequences of `length` words.
double distinct_share(const std::vector<Likeness>& rows, size_t length) {
  std::vector<uint64_t> hashes;
  for (const Likeness& row : rows) {
    for (size_t i = 0; i + length <= row.words.size(); ++i) {
      uint64_t hash = length;
      for (size_t k = i; k < i + length; ++k) {
        hash = (hash ^ row.words[k]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
      }
      hashes.push_back(hash);
    }
  }
  if (hashes.empty()) return 0.0;
  const auto all = double(hashes.size());
  std::ranges::sort(hashes);
  const auto end = std::unique(hashes.begin(), hashes.end());
  return double(end - hashes.begin()) / all;
}

double nearest_to(const std::vector<Likeness>& seeds, const std::vector<Likeness>& rows,
                  size_t row) {
  WordMatcher matcher(rows[row].words);
  double best = 0.0;
  const auto compare = [&](const Likeness& other) {
    if (other.scope != rows[row].scope) return;
    best = std::max(best, matcher.similarity(other.words, best));
  };
  std::ranges::for_each(seeds, compare);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i != row) compare(rows[i]);
  }
  return best;
}

}  // namespace

Diversity measure_diversity(const std::vector<Likeness>& seeds, const std::vector<Likeness>& rows,
                            uint64_t seed) {
  Diversity diversity;
  for (size_t length = 1; length <= diversity.distinct.size(); ++length) {
    diversity.distinct[length - 1] = distinct_share(rows, length);
  }
  std::vector<size_t> all(rows.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const size_t others = seeds.size() + rows.size();
  const size_t most = std::max(kFewestSampled, kMostPairs / std::max<size_t>(others, 1));
  Draws draws(seed);
  for (const size_t row : draw_some(draws, std::move(all), most)) {
    const double similarity = nearest_to(seeds, rows, row);
    ++diversity.nearest[std::min<size_t>(size_t(similarity * 10), 9)];
    ++diversity.sampled;
  }
  return diversity;
}

}  // namespace tuneval
