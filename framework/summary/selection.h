#pragma once

#include "framework/summary/summary.h"

#include <compare>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// Which record speaks for which cell.
struct Selection {
  struct Name {
    CellKind kind = CellKind::model;
    std::string model, task;

    auto operator<=>(const Name&) const = default;
  };

  std::vector<std::string> models, tasks;     ///< in the order of the tables
  std::vector<Name> baselines;                ///< what stands beside the models, likewise
  std::map<Name, const CellRecord*> records;  ///< at most one a cell
  std::set<Name> planned;
  std::vector<std::string> notes;  ///< what was left out

  const CellRecord* record(const Name& name) const;
  CellState state(const Name& name) const;
};

/// The records outlive the selection.
Selection select(std::span<const CellRecord> records, const SummaryOptions& options);

/// Sentences on whatever makes the selected cells hard to compare: other recipes, seeds, data,
/// versions.
std::vector<std::string> unlikeness(const Selection& selection);

}  // namespace tuneval
