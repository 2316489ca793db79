#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace tuneval {

/// Calls `work` on every thread of LibTorch's pool with a function that gives the next of `count`
/// items, and `count` when none is left: a thread that is held up takes fewer. What an item writes
/// must not depend on who computes it.
template <class Work>
void share_out(int64_t count, const Work& work) {
  std::atomic<int64_t> taken = 0;
  const auto next = [&] { return std::min(count, taken.fetch_add(1, std::memory_order_relaxed)); };
  at::parallel_for(0, std::min<int64_t>(count, at::get_num_threads()), 1,
                   [&](int64_t, int64_t) { work(next); });
}

}  // namespace tuneval
