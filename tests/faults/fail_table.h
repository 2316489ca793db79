// What fail_write.cpp and its test share: a file that all processes of a run have in their memory.
#pragma once

#include <atomic>
#include <cstdint>

namespace tuneval::testing {

constexpr const char* kFaultTableVariable = "TUNEVAL_TEST_FAULT_TABLE";

/// Operations on the files of one subject, counted over all processes.
struct FaultLine {
  char subject[128];           ///< what their paths hold; empty: of all others
  uint32_t fail_at;            ///< the operation that fails, from 1; 0: none does
  int32_t reason;              ///< its errno
  std::atomic<uint32_t> seen;  ///< operations so far
  std::atomic<uint32_t> hit;   ///< whether it failed
  char what[256];              ///< the operation that failed, and its file
};

struct FaultTable {
  static constexpr uint32_t kLines = 32;

  char folder[256];  ///< absolute: operations elsewhere do not count
  uint32_t lines_used;
  FaultLine lines[kLines];  ///< the first whose subject is in the path; the last one's is empty
};

static_assert(std::atomic<uint32_t>::is_always_lock_free);

}  // namespace tuneval::testing
