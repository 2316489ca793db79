#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>

namespace tuneval::bench {

/// Wall and CPU seconds (all threads) since it was made.
class Stopwatch {
 public:
  Stopwatch();
  double seconds() const;
  double cpu_seconds() const;

 private:
  std::chrono::steady_clock::time_point wall_;
  double cpu_;
};

/// The process's largest resident memory so far, loading included.
int64_t peak_rss_bytes();
/// The process's resident memory now.
int64_t rss_bytes();

/// Threads that LibTorch computes with, and its version.
nlohmann::ordered_json surroundings();

}  // namespace tuneval::bench
