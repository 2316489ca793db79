#include "bench/ours/watch.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>
#include <torch/version.h>

namespace tuneval::bench {

namespace {

rusage usage() {
  rusage now{};
  getrusage(RUSAGE_SELF, &now);
  return now;
}

double cpu_now() {
  const rusage now = usage();
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return seconds(now.ru_utime) + seconds(now.ru_stime);
}

}  // namespace

Stopwatch::Stopwatch() : wall_(std::chrono::steady_clock::now()), cpu_(cpu_now()) {}

double Stopwatch::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
}

double Stopwatch::cpu_seconds() const { return cpu_now() - cpu_; }

int64_t peak_rss_bytes() { return int64_t(usage().ru_maxrss) * 1024; }  // Linux counts in KiB

nlohmann::ordered_json surroundings() {
  return {{"threads", at::get_num_threads()}, {"libtorch", TORCH_VERSION}};
}

}  // namespace tuneval::bench
