#pragma once

#include "framework/generate/choice.h"
#include "framework/model/loaded_model.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// Decides near ties: computes a row by itself, in pieces cut at fixed positions, so that every
/// shape that is computed, and with it every bit, depends on the row's ids alone.
///
/// Whole pieces are kept until a row comes that differs from there on: what the next row shares
/// with this one, and what this one's next near tie needs, is not computed again, nor would it come
/// out otherwise.
class Arbiter {
 public:
  explicit Arbiter(const LoadedModel& model) : model_(model) {}

  /// The most likely token behind a row's ids, or the one that `draw` draws, of those that the mask
  /// allows where there is one; −1 where a logit is not a finite number.
  int64_t next(std::span<const int64_t> ids, const TokenMask* mask = nullptr,
               const Draw& draw = {});

 private:
  const LoadedModel& model_;
  Cache cache_;
  std::vector<int64_t> kept_;  // ids of the whole pieces in the cache
  int64_t capacity_ = 0;
};

}  // namespace tuneval
