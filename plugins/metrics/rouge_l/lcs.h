#pragma once

#include <cstdint>
#include <span>

/// Length of the longest common subsequence of `a` and `b`, whose elements are below `kinds`.
/// Time: |b| · |a| / 64 steps at most; memory: linear in |a| + |b| + kinds.
int64_t lcs_length(std::span<const int32_t> a, std::span<const int32_t> b, int32_t kinds);
