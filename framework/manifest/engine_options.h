#pragma once

#include "framework/manifest/slurm_options.h"

#include <cstdint>
#include <optional>

namespace tuneval {

/// [engine]: how cells are run, which decides nothing of their results.
struct EngineOptions {
  int64_t jobs = 0;     ///< worker processes at once; 0: one a GPU with device "cuda", else one
  int64_t retries = 0;  ///< attempts after the first, of a cell whose worker died or that may pass
  double cell_timeout = 0.0;          ///< seconds that an attempt may take; 0: no limit
  double stall_timeout = 3600.0;      ///< seconds without a sign of life; 0: no limit
  std::optional<SlurmOptions> slurm;  ///< [engine.slurm]
};

}  // namespace tuneval
