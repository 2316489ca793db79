#include "bench/ours/watch.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>
#include <torch/version.h>

#include <fstream>
#include <string>

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

/// A line of /proc/self/status, which counts in KiB.
int64_t status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::stoll(line.substr(key.size())) * 1024;
  }
  return 0;
}

}  // namespace

Stopwatch::Stopwatch() : wall_(std::chrono::steady_clock::now()), cpu_(cpu_now()) {}

double Stopwatch::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
}

double Stopwatch::cpu_seconds() const { return cpu_now() - cpu_; }

// Not getrusage's: that one remembers what the process was before it became this program.
int64_t peak_rss_bytes() { return status_bytes("VmHWM:"); }

int64_t rss_bytes() { return status_bytes("VmRSS:"); }

nlohmann::ordered_json surroundings() {
  return {{"threads", at::get_num_threads()}, {"libtorch", TORCH_VERSION}};
}

}  // namespace tuneval::bench
