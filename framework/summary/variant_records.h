#pragma once

#include "framework/summary/selection.h"
#include "framework/summary/summary.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

// The records behind a model and task: of its seeds and of its band.

using CellRecords = std::vector<const CellRecord*>;

/// A record's tuned score where it can be ranked.
std::optional<double> tuned_of(const CellRecord& record, const std::string& metric);

/// Of Selection::seeds or Selection::bands; empty where there are none.
const CellRecords& records_of(const std::map<Selection::Name, CellRecords>& all,
                              const Selection::Name& name);

/// The cells that were planned for a name and have no record among these: of the band, or of the
/// seeds. None where there was no plan.
std::vector<PlannedCell> missing_cells(const Selection& selection, const Selection::Name& name,
                                       bool band, const CellRecords& records);

}  // namespace tuneval
