#pragma once

#include "tuneval/abi.h"

#include <cstdint>
#include <optional>
#include <span>

namespace tuneval {

/// Length of the longest common subsequence of `a` and `b`, whose elements are below `kinds`.
/// Common beginnings and ends cost next to nothing; what lies between them takes |a| · |b| / 64
/// steps of about a nanosecond. They are taken off `budget`: null where they would be more. Memory
/// is linear in |a| + |b| + kinds.
TUNEVAL_API std::optional<int64_t> lcs_length(std::span<const int32_t> a,
                                              std::span<const int32_t> b, int32_t kinds,
                                              int64_t& budget);

}  // namespace tuneval
