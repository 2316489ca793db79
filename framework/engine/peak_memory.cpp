#include "framework/engine/peak_memory.h"

#include <sys/resource.h>

#include <fstream>
#include <sstream>
#include <string>

namespace tuneval {

void reset_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5";  // proc(5): the peak resident set size
}

int64_t peak_memory_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmHWM:")) continue;
    int64_t kib = 0;
    std::istringstream(line.substr(6)) >> kib;
    if (kib > 0) return kib * 1024;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;  // Linux counts in KiB
}

}  // namespace tuneval
