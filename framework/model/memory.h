#pragma once

namespace tuneval {

/// Makes LibTorch keep each block of 1 MiB and more that a tensor on the CPU lets go, for the next
/// tensor of about its size. A training step allocates the same few sizes over and over; asking the
/// system each time costs a fault and a cleared page for every 4 KiB, a seventh of a LoRA step at
/// SmolLM2-135M's shape. Blocks lie on huge pages where the system has them.
///
/// What is kept never adds to the peak: before a new block is asked for, as much is given back.
/// Call it first of all; again does nothing.
void keep_large_blocks();

}  // namespace tuneval
