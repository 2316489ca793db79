#pragma once

#include <cstddef>
#include <cstdint>

namespace tuneval {

/// Makes LibTorch keep each block of 1 MiB and more that a tensor on the CPU lets go, for the next
/// tensor of about its size. A training step allocates the same few sizes over and over; asking the
/// system each time costs a fault and a cleared page for every 4 KiB, a seventh of a LoRA step at
/// SmolLM2-135M's shape. Blocks lie on huge pages where the system has them.
///
/// What is kept never adds to the peak: before a new block is asked for, as much is given back.
/// Call it first of all; again does nothing.
void keep_large_blocks();

/// Gives back what is kept and not in use. Returns its bytes.
int64_t release_large_blocks();

/// Bytes of large blocks: in use, and kept for use.
struct LargeBlockUse {
  int64_t used = 0;
  int64_t kept = 0;
};
LargeBlockUse large_block_use();

}  // namespace tuneval
