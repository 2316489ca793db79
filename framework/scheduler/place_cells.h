#pragma once

#include "framework/scheduler/scheduler.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// A cell that is to be queued.
struct CellToPlace {
  std::string id, title;
  std::string model;         ///< whose weights it needs; empty: none
  int64_t memory_bytes = 0;  ///< estimated peak; 0: nobody knows
};

/// Cells → tasks, in the order given. `per` is "cell", or "model": all cells of one model, whose
/// weights are loaded once; those without a model make one task together.
std::vector<ScheduledTask> place_cells(std::span<const CellToPlace> cells, const std::string& per);

}  // namespace tuneval
