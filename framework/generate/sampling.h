#pragma once

#include <cstdint>

namespace tuneval {

/// How a row's tokens are chosen among those that may come next.
struct Sampling {
  double temperature = 0.0;  ///< 0: the most likely token, always
  double top_p = 1.0;        ///< of the likeliest tokens, those that hold this share; (0, 1]
  uint64_t seed = 0;         ///< equal seeds draw equal tokens behind equal ids

  bool greedy() const { return temperature <= 0.0; }
};

/// One token to be drawn: the `position`-th of its row's answer.
struct Draw {
  Sampling sampling;
  int64_t position = 0;
};

}  // namespace tuneval
