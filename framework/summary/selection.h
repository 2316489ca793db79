#pragma once

#include "framework/summary/summary.h"

#include <compare>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// Which record speaks for which cell: a model, or what models are compared with, on a task.
struct Selection {
  struct Name {
    CellKind kind = CellKind::model;
    std::string model, task;

    auto operator<=>(const Name&) const = default;
  };

  std::vector<std::string> models, tasks;  ///< in the order of the tables
  std::vector<Name> baselines;             ///< what stands beside the models, likewise
  /// At most one a cell; of several seeds the first's, whose examples are shown.
  std::map<Name, const CellRecord*> records;
  /// A model's records that differ in nothing but the seed: that which speaks, then the others.
  std::map<Name, std::vector<const CellRecord*>> seeds;
  /// A model's records of the band, by rising rate.
  std::map<Name, std::vector<const CellRecord*>> bands;
  std::map<Name, std::vector<PlannedCell>> planned;  ///< in the order of the plan
  std::vector<std::string> notes;                    ///< what was left out

  const CellRecord* record(const Name& name) const;
  CellState state(const Name& name) const;
};

/// The learning rate that a record was tuned with; 0 where its recipe has none.
double rate_of(const CellRecord& record);

/// The records outlive the selection. Records of one model and task are taken for several seeds of
/// one cell where nothing else differs that decides a result; of others the latest done one counts.
Selection select(std::span<const CellRecord> records, const SummaryOptions& options);

/// Sentences on whatever makes the selected cells hard to compare: other recipes, seeds, data,
/// versions.
std::vector<std::string> unlikeness(const Selection& selection);

}  // namespace tuneval
