#include "framework/summary/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace tuneval {
namespace {

using Name = Selection::Name;
using Candidates = std::map<Name, std::vector<const CellRecord*>>;

Name name_of(const CellRecord& record) { return {record.model.name, record.task.name}; }

/// Without a plan: all models of the records with all their tasks, by name.
std::vector<PlannedCell> whole_grid(std::span<const CellRecord> records) {
  std::set<std::string> models, tasks;
  for (const CellRecord& record : records) {
    models.insert(record.model.name);
    tasks.insert(record.task.name);
  }
  std::vector<PlannedCell> grid;
  for (const std::string& model : models) {
    for (const std::string& task : tasks) grid.push_back({model, task, {}});
  }
  return grid;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

Candidates candidates_of(std::span<const CellRecord> records, const std::vector<PlannedCell>& cells,
                         std::vector<std::string>& notes) {
  std::map<Name, std::string> ids;
  for (const PlannedCell& cell : cells) ids[{cell.model, cell.task}] = cell.id;
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

const CellRecord* Selection::record(const std::string& model, const std::string& task) const {
  const auto found = records.find({model, task});
  return found == records.end() ? nullptr : found->second;
}

CellState Selection::state(const std::string& model, const std::string& task) const {
  if (const CellRecord* found = record(model, task)) {
    return found->done() ? CellState::done : CellState::failed;
  }
  return planned.contains({model, task}) ? CellState::left : CellState::not_planned;
}

Selection select(std::span<const CellRecord> records, const SummaryOptions& options) {
  Selection selection;
  const std::vector<PlannedCell> cells =
      options.planned.empty() ? whole_grid(records) : options.planned;
  for (const PlannedCell& cell : cells) {
    add_once(selection.models, cell.model);
    add_once(selection.tasks, cell.task);
    selection.planned.emplace(cell.model, cell.task);
  }
  for (const auto& [name, found] : candidates_of(records, cells, selection.notes)) {
    selection.records[name] = choose(found);
    note_others(found, *selection.records[name], selection.notes);
  }
  return selection;
}

}  // namespace tuneval
