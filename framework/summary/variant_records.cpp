#include "framework/summary/variant_records.h"

#include "framework/summary/score_under.h"

#include <algorithm>

namespace tuneval {

std::optional<double> tuned_of(const CellRecord& record, const std::string& metric) {
  std::vector<std::string> told_already;
  const auto score = score_under(metric, record.tuned, "", told_already);
  return score ? std::optional(score->value) : std::nullopt;
}

const CellRecords& records_of(const std::map<Selection::Name, CellRecords>& all,
                              const Selection::Name& name) {
  static const CellRecords kNone;
  const auto found = all.find(name);
  return found == all.end() ? kNone : found->second;
}

std::vector<PlannedCell> missing_cells(const Selection& selection, const Selection::Name& name,
                                       bool band, const CellRecords& records) {
  std::vector<PlannedCell> cells;
  const auto found = selection.planned.find(name);
  if (found == selection.planned.end()) return cells;
  for (const PlannedCell& cell : found->second) {
    const bool is_there = std::ranges::find(records, cell.id, &CellRecord::id) != records.end();
    if (cell.id.empty() || is_there || cell.learning_rate.has_value() != band) continue;
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace tuneval
