#include "framework/summary/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace tuneval {
namespace {

using NamedValues = std::map<std::string, std::set<std::string>>;

/// Keys that have more than one value over the cells.
std::vector<std::string> differing(const NamedValues& values) {
  std::vector<std::string> keys;
  for (const auto& [key, seen] : values) {
    if (seen.size() > 1) keys.push_back(key);
  }
  return keys;
}

/// Whether all settings of a run count for a record: a server and a count have none.
bool has_settings(const CellRecord& record) {
  return record.kind == CellKind::model || record.kind == CellKind::seed_only;
}

/// What should be the same in every cell of a run. A failed cell's settings count too: they say
/// what the run was meant to be.
NamedValues settings(const Selection& selection) {
  NamedValues values;
  std::set<std::string> recipe_keys;  // all but what decides no result
  for (const auto& [name, record] : selection.records) {
    if (!has_settings(*record)) continue;
    for (const auto& item : record->recipe.items()) recipe_keys.insert(item.key());
  }
  recipe_keys.erase("checkpoint_steps");
  for (const auto& [name, record] : selection.records) {
    if (!has_settings(*record)) continue;
    for (const std::string& key : recipe_keys) {
      const auto found = record->recipe.find(key);
      values[key].insert(found == record->recipe.end() ? "" : found->dump());
    }
    values["seed"].insert(fmt::format("{}", record->seed));
    values["device"].insert(record->device);
    values["dtype"].insert(record->dtype);
    values["tuneval version"].insert(record->versions.tuneval);
    values["libtorch version"].insert(record->versions.libtorch);
  }
  return values;
}

/// Tasks whose data is not the same for every model.
std::vector<std::string> tasks_of_unlike_data(const Selection& selection) {
  NamedValues values;
  for (const auto& [name, record] : selection.records) {
    if (record->kind == CellKind::seed_only) continue;  // other training rows are its whole point
    const TaskFacts& task = record->task;
    values[task.name].insert(
        fmt::format("{} {} {} {}", task.hash, task.task_type, task.train_rows, task.test_rows));
  }
  return differing(values);
}

/// Task → the judges that gave the verdicts of one of its metrics, where they are several.
NamedValues judges(const Selection& selection) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> seen;  // by task and metric
  for (const auto& [name, record] : selection.records) {
    for (const std::optional<ScoreSummary>& score : {record->base, record->tuned}) {
      if (!score) continue;
      for (const MetricValue& metric : score->metrics) {
        if (metric.judge.empty() || metric.scored == 0) continue;
        seen[{record->task.name, metric.name}].insert(metric.judge);
      }
    }
  }
  NamedValues judges;
  for (const auto& [key, names] : seen) {
    if (names.size() > 1) judges[key.first].insert(names.begin(), names.end());
  }
  return judges;
}

}  // namespace

std::vector<std::string> unlikeness(const Selection& selection) {
  std::vector<std::string> notes;
  const std::vector<std::string> keys = differing(settings(selection));
  if (!keys.empty()) {
    notes.push_back(fmt::format("The cells do not compare like with like; between them differ: {}.",
                                fmt::join(keys, ", ")));
  }
  const std::vector<std::string> tasks = tasks_of_unlike_data(selection);
  if (!tasks.empty()) {
    notes.push_back(
        fmt::format("Not every model had the same data of: {}.", fmt::join(tasks, ", ")));
  }
  for (const auto& [task, names] : judges(selection)) {
    notes.push_back(
        fmt::format("The verdicts on {} are not those of one judge, and do not compare: "
                    "{}.",
                    task, fmt::join(names, ", ")));
  }
  return notes;
}

}  // namespace tuneval
