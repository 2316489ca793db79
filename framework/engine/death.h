#pragma once

#include "framework/engine/worker_process.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tuneval {

/// What is known of a worker that ended before its cell did.
struct Death {
  Ending ending;
  std::string doom = {};         ///< why its supervisor ended it; empty: it did not
  std::string stage = {};        ///< where the cell stood: "tune 12/48"; empty: nowhere yet
  int64_t memory_kills = 0;      ///< by the kernel, in this control group, while it ran
  int64_t estimated_memory = 0;  ///< of the cell, bytes; 0: unknown
  int64_t free_memory = 0;       ///< when the run began; 0: unknown
};

/// "SIGSEGV".
std::string signal_name(int signal);

/// Why the cell failed, in one sentence without an end.
std::string describe(const Death& death);

/// The same with the last lines of the cell's log.
std::string describe(const Death& death, const std::filesystem::path& output,
                     const std::string& id);

}  // namespace tuneval
