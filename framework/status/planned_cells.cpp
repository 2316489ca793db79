#include "framework/status/planned_cells.h"

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace tuneval {
namespace {

using Name = std::tuple<CellKind, std::string, std::string>;

}  // namespace

std::vector<PlannedCell> planned_cells(const PlanFile& plan, std::span<const CellRecord> records) {
  std::map<Name, std::set<std::string>> ids;
  for (const PlanFileCell& cell : plan.cells)
    ids[{cell.kind, cell.model, cell.task}].insert(cell.id);
  std::set<Name> others;               // of which a record is not of the plan
  std::vector<PlannedCell> unplanned;  // and those that the plan has not at all
  for (const CellRecord& record : records) {
    const Name name{record.kind, record.model.name, record.task.name};
    const auto found = ids.find(name);
    if (found != ids.end() && found->second.contains(record.id)) continue;
    if (!others.insert(name).second || found != ids.end()) continue;
    unplanned.push_back({record.model.name, record.task.name, {}, record.kind});
  }
  std::vector<PlannedCell> cells;
  for (const PlanFileCell& cell : plan.cells) {
    const bool is_sure = !others.contains({cell.kind, cell.model, cell.task});
    cells.push_back(
        {cell.model, cell.task, is_sure ? cell.id : "", cell.kind, cell.seed, cell.learning_rate});
  }
  cells.insert(cells.end(), unplanned.begin(), unplanned.end());
  return cells;
}

}  // namespace tuneval
