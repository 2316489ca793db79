#pragma once

#include "framework/synth/likeness.h"

#include <array>
#include <cstdint>
#include <vector>

namespace tuneval {

/// How unlike each other rows are, by the words of their prompts.
struct Diversity {
  /// Different sequences of one, two and three words by all such; 0 where there are none.
  std::array<double, 3> distinct = {};
  /// Rows by the ROUGE-L to the one most like them, of the seed and of the accepted rows: 0 to 0.1,
  /// 0.1 to 0.2, …, 0.9 to 1. Of a drawn sample where rows are many.
  std::array<int64_t, 10> nearest = {};
  int64_t sampled = 0;
};

/// `seeds` and `rows`: likenesses of one LikenessReader. Comparing each sampled row with all others
/// takes a second or two at most, whatever their number.
Diversity measure_diversity(const std::vector<Likeness>& seeds, const std::vector<Likeness>& rows,
                            uint64_t seed);

}  // namespace tuneval
