#pragma once

#include "framework/plan/plan.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// Cells that one worker runs, one after the other.
struct CellGroup {
  std::vector<const Cell*> cells;  ///< in the plan's order, of one model or of none
  bool server = false;             ///< whether one of them asks a teacher or a judge

  /// The most memory that one of them is expected to hold; 0: unknown.
  int64_t memory() const;
};

/// Cells in groups: those of one model together, so that its weights are loaded once; those without
/// a model apart from these, and of them what asks a server apart. While there are fewer groups
/// than `jobs`, the longest one that asks no server is cut in two.
std::vector<CellGroup> make_groups(const Plan& plan, std::span<const Cell* const> cells,
                                   int64_t jobs);

}  // namespace tuneval
