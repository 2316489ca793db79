#pragma once

#include <c10/core/Device.h>

#include <algorithm>
#include <cstdint>

namespace tuneval {

/// Logits are computed for this many tokens at once: with a vocabulary of 256 thousand they take 32
/// MB, and reading the vocabulary's weights for them again costs little beside the products.
inline constexpr int64_t kRowsOfLogits = 32;

/// Tokens that one pass over the model computes, of `token_budget` that may be. On a CPU a call of
/// 512 runs at full speed; a larger one only takes more memory.
inline int64_t tokens_a_call(c10::Device device, int64_t token_budget) {
  constexpr int64_t kMostOnCpu = 512;
  return std::max<int64_t>(1, device.is_cpu() ? std::min(kMostOnCpu, token_budget) : token_budget);
}

}  // namespace tuneval
