#include "framework/summary/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace tuneval {
namespace {

using Name = Selection::Name;
using Records = std::vector<const CellRecord*>;
using Candidates = std::map<Name, Records>;

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

/// Whether one of these cells is the record's.
bool is_of(const std::vector<PlannedCell>& cells, const CellRecord& record) {
  return std::ranges::any_of(
      cells, [&](const PlannedCell& cell) { return cell.id.empty() || cell.id == record.id; });
}

Candidates candidates_of(std::span<const CellRecord> records, Selection& selection) {
  Candidates candidates;
  std::vector<std::string> strangers;
  for (const CellRecord& record : records) {
    const auto planned = selection.planned.find(name_of(record));
    if (planned != selection.planned.end() && is_of(planned->second, record)) {
      candidates[name_of(record)].push_back(&record);
    } else {
      strangers.push_back(record.id);
    }
  }
  if (!strangers.empty()) {
    selection.notes.push_back(fmt::format("Records of no cell of this run were left out: {}.",
                                          fmt::join(strangers, ", ")));
  }
  return candidates;
}

/// The done one before the failed one, then the later one; the id only breaks ties.
const CellRecord* choose(const Records& records) {
  const auto worth = [](const CellRecord* record) {
    return std::tuple(record->done(), record->finished, record->id);
  };
  return *std::ranges::max_element(records, {}, worth);
}

/// Whether two records differ in nothing that decides a result but the seed, and where `rates` do
/// not count, the learning rate.
bool are_alike(const CellRecord& one, const CellRecord& other, bool rates) {
  const auto settings = [&](const CellRecord& record) {
    nlohmann::json recipe = record.recipe;  // whatever the order of its keys
    for (const char* key : {"seed", "checkpoint_steps", "recompute", "activation_mib"}) {
      recipe.erase(key);
    }
    if (!rates) recipe.erase("learning_rate");
    return recipe;
  };
  const auto facts = [](const CellRecord& record) {
    return std::tie(record.model.hash, record.task.hash, record.task.train_rows,
                    record.task.test_rows, record.device, record.dtype, record.versions.tuneval);
  };
  return facts(one) == facts(other) && settings(one) == settings(other);
}

/// The records of a cell, chosen: one a seed, and one a rate of the band.
struct Variants {
  Records seeds, band;
};

Variants variants_of(const Records& found) {
  std::map<uint64_t, Records> by_seed;
  std::map<double, Records> by_rate;
  for (const CellRecord* record : found) {
    (record->band ? by_rate[rate_of(*record)] : by_seed[record->seed]).push_back(record);
  }
  Variants variants;
  for (const auto& [seed, records] : by_seed) variants.seeds.push_back(choose(records));
  for (const auto& [rate, records] : by_rate) variants.band.push_back(choose(records));
  return variants;
}

/// Leaves those that belong together. Without any of the recipe's own rate, the band has no
/// reference and is left as it is.
void keep_alike(Variants& variants) {
  if (variants.seeds.empty()) return;
  const CellRecord& reference = *choose(variants.seeds);
  std::erase_if(variants.seeds, [&](const auto* one) { return !are_alike(*one, reference, true); });
  std::erase_if(variants.band, [&](const auto* one) { return !are_alike(*one, reference, false); });
}

/// The order of the plan, then the one with a base score first, then by seed.
void put_in_order(Records& seeds, const std::vector<PlannedCell>& planned) {
  std::ranges::sort(seeds, {}, [&](const CellRecord* record) {
    const auto place = std::ranges::find(planned, record->id, &PlannedCell::id) - planned.begin();
    return std::tuple(place, !record->base, record->seed);
  });
}

void note_others(const Records& found, const Records& kept, std::vector<std::string>& notes) {
  const auto ids = [](const Records& records) {
    std::vector<std::string> names;
    for (const CellRecord* record : records) names.push_back(record->id);
    return names;
  };
  Records others = found;
  std::erase_if(others, [&](const CellRecord* record) {
    return std::ranges::find(kept, record) != kept.end();
  });
  if (others.empty()) return;
  notes.push_back(fmt::format("{} on {} has several records: {} {}, left out {} {}.",
                              found[0]->model.name, found[0]->task.name, fmt::join(ids(kept), ", "),
                              kept.size() == 1 ? "counts" : "count",
                              others.size() == 1 ? "is" : "are", fmt::join(ids(others), ", ")));
}

void take(const Name& name, const Records& found, Selection& selection) {
  if (name.kind != CellKind::model) {
    const CellRecord* chosen = choose(found);
    selection.records[name] = chosen;
    return note_others(found, {chosen}, selection.notes);
  }
  Variants variants = variants_of(found);
  keep_alike(variants);
  put_in_order(variants.seeds, selection.planned.at(name));
  Records kept = variants.seeds;
  kept.insert(kept.end(), variants.band.begin(), variants.band.end());
  note_others(found, kept, selection.notes);
  if (!variants.seeds.empty()) selection.records[name] = variants.seeds[0];
  if (!variants.seeds.empty()) selection.seeds[name] = std::move(variants.seeds);
  if (!variants.band.empty()) selection.bands[name] = std::move(variants.band);
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

double rate_of(const CellRecord& record) {
  const auto rate = record.recipe.find("learning_rate");
  return rate != record.recipe.end() && rate->is_number() ? rate->get<double>() : 0.0;
}

Selection select(std::span<const CellRecord> records, const SummaryOptions& options) {
  Selection selection;
  const std::vector<PlannedCell> cells =
      options.planned.empty() ? whole_grid(records) : options.planned;
  for (const PlannedCell& cell : cells) {
    const Name name = name_of(cell);
    if (cell.kind == CellKind::model) {
      add_once(selection.models, cell.model);
    } else if (!selection.planned.contains(name)) {
      selection.baselines.push_back(name);
    }
    add_once(selection.tasks, cell.task);
    selection.planned[name].push_back(cell);
  }
  for (const auto& [name, found] : candidates_of(records, selection)) take(name, found, selection);
  return selection;
}

}  // namespace tuneval
