#pragma once

#include "framework/record/record.h"

#include <span>
#include <utility>
#include <vector>

namespace tuneval {

/// The records of two runs that are compared with each other.
struct PairedCells {
  std::vector<std::pair<const CellRecord*, const CellRecord*>> pairs;  ///< by model, then task
  std::vector<const CellRecord*> only_first, only_second;
};

/// See compare_runs. The records outlive it.
PairedCells pair_cells(std::span<const CellRecord> first, std::span<const CellRecord> second);

}  // namespace tuneval
