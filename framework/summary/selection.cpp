#include "framework/summary/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace tuneval {
namespace {

using Name = Selection::Name;
using Candidates = std::map<Name, std::vector<const CellRecord*>>;

Name name_of(const CellRecord& record) {
  return {record.kind, record.model.name, record.task.name};
}

Name name_of(const PlannedCell& cell) { return {cell.kind, cell.model, cell.task}; }

/// Without a plan: all models of the records with all tasks, by name, then whatever else there is.
std::vector<PlannedCell> whole_grid(std::span<const CellRecord> records) {
  std::set<std::string> models, tasks;
  std::set<Name> others;
  for (const CellRecord& record : records) {
    tasks.insert(record.task.name);
    if (record.kind == CellKind::model) models.insert(record.model.name);
    if (record.kind != CellKind::model) others.insert(name_of(record));
  }
  std::vector<PlannedCell> grid;
  for (const std::string& model : models) {
    for (const std::string& task : tasks) grid.push_back({model, task, {}});
  }
  for (const Name& name : others) grid.push_back({name.model, name.task, {}, name.kind});
  return grid;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

Candidates candidates_of(std::span<const CellRecord> records, const std::vector<PlannedCell>& cells,
                         std::vector<std::string>& notes) {
  std::map<Name, std::string> ids;
  for (const PlannedCell& cell : cells) ids[name_of(cell)] = cell.id;
  Candidates candidates;
  std::vector<std::string> strangers;
  for (const CellRecord& record : records) {
    const auto planned = ids.find(name_of(record));
    if (planned != ids.end() && (planned->second.empty() || planned->second == record.id)) {
      candidates[name_of(record)].push_back(&record);
    } else {
      strangers.push_back(record.id);
    }
  }
  if (!strangers.empty()) {
    notes.push_back(fmt::format("Records of no cell of this run were left out: {}.",
                                fmt::join(strangers, ", ")));
  }
  return candidates;
}

/// The done one before the failed one, then the later one; the id only breaks ties.
const CellRecord* choose(const std::vector<const CellRecord*>& records) {
  const auto worth = [](const CellRecord* record) {
    return std::tuple(record->done(), record->finished, record->id);
  };
  return *std::ranges::max_element(records, {}, worth);
}

void note_others(const std::vector<const CellRecord*>& records, const CellRecord& chosen,
                 std::vector<std::string>& notes) {
  std::vector<std::string> others;
  for (const CellRecord* record : records) {
    if (record != &chosen) others.push_back(record->id);
  }
  if (others.empty()) return;
  notes.push_back(fmt::format("{} on {} has several records: {} counts, left out {} {}.",
                              chosen.model.name, chosen.task.name, chosen.id,
                              others.size() == 1 ? "is" : "are", fmt::join(others, ", ")));
}

}  // namespace

const CellRecord* Selection::record(const Name& name) const {
  const auto found = records.find(name);
  return found == records.end() ? nullptr : found->second;
}

CellState Selection::state(const Name& name) const {
  if (const CellRecord* found = record(name)) {
    return found->done() ? CellState::done : CellState::failed;
  }
  return planned.contains(name) ? CellState::left : CellState::not_planned;
}

Selection select(std::span<const CellRecord> records, const SummaryOptions& options) {
  Selection selection;
  const std::vector<PlannedCell> cells =
      options.planned.empty() ? whole_grid(records) : options.planned;
  for (const PlannedCell& cell : cells) {
    if (cell.kind == CellKind::model) {
      add_once(selection.models, cell.model);
    } else {
      selection.baselines.push_back(name_of(cell));
    }
    add_once(selection.tasks, cell.task);
    selection.planned.insert(name_of(cell));
  }
  for (const auto& [name, found] : candidates_of(records, cells, selection.notes)) {
    selection.records[name] = choose(found);
    note_others(found, *selection.records[name], selection.notes);
  }
  return selection;
}

}  // namespace tuneval
