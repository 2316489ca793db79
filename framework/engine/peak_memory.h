#pragma once

#include <cstdint>

namespace tuneval {

/// Lets the process's peak begin anew, where the system can do that.
void reset_peak_memory();
/// The most memory that the process held since, in bytes.
int64_t peak_memory_bytes();

}  // namespace tuneval
