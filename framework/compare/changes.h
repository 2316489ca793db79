#pragma once

#include "framework/compare/compare.h"
#include "framework/compare/paired_cells.h"

#include <vector>

namespace tuneval {

/// What differs between paired records beside their results: recipe, seed, data, files of the
/// model, versions, device. By `what`.
std::vector<RunChange> changes_between(const PairedCells& cells);

}  // namespace tuneval
