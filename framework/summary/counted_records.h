#pragma once

#include "framework/record/record.h"

#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// One record for each (model, task, kind, seed, learning rate of the band), in that order: the one
/// that finished last, a done one before a failed one. They point into `records`.
std::vector<const CellRecord*> counted_records(std::span<const CellRecord> records);

/// The learning rate of a cell of the band; none of the recipe's own.
std::optional<double> band_rate(const CellRecord& record);

}  // namespace tuneval
