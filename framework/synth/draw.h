#pragma once

#include "framework/statistics/draws.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tuneval {

/// The draws of request `index`: other requests, and the order of replies, do not change them.
inline Draws draws_of(uint64_t seed, uint64_t index) {
  uint64_t mixed = (seed ^ (seed >> 31)) * 0x9E3779B97F4A7C15u + index;
  mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9u;
  return Draws(mixed ^ (mixed >> 32));
}

/// `count` of the elements in a drawn order, each once; all where there are no more.
inline std::vector<size_t> draw_some(Draws& draws, std::vector<size_t> from, size_t count) {
  count = std::min(count, from.size());
  for (size_t i = 0; i < count; ++i) std::swap(from[i], from[i + draws.below(from.size() - i)]);
  from.resize(count);
  return from;
}

/// An index drawn by weights; `weights.size()` where none is above 0.
inline size_t draw_weighted(Draws& draws, std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) total += std::max(weight, 0.0);
  double at = draws.unit() * total;
  size_t last = weights.size();
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = i;
    if (at < weights[i]) return i;
    at -= weights[i];
  }
  return last;
}

}  // namespace tuneval
