#pragma once

#include "framework/manifest/manifest.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tuneval {

/// What there is to run workers on.
struct Machine {
  int64_t cores = 1;              ///< that this process may use
  int64_t memory = 0;             ///< bytes free, the control groups' limits counted; 0: unknown
  std::vector<std::string> gpus;  ///< as CUDA_VISIBLE_DEVICES names them
};

/// Workers at once that the options and the device ask for, at least one.
int64_t jobs_of(const EngineOptions& options, const Manifest& manifest, const Machine& machine);

/// Of these GPUs (at least one) the first that is among `taken` least often.
std::string least_taken(const std::vector<std::string>& gpus,
                        const std::vector<std::string>& taken);

/// Looks at /proc, the control groups and the environment.
Machine this_machine();

/// How often the kernel has killed a process of this control group for want of memory; 0 where it
/// does not say.
int64_t out_of_memory_kills();

}  // namespace tuneval
