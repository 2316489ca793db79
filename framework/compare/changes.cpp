#include "framework/compare/changes.h"

#include "framework/record/json_object.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

namespace tuneval {
namespace {

using Settings = std::map<std::string, std::string>;

std::string text_of(const nlohmann::ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value, -1);
}

/// Enough of a hash to see that it is another one.
std::string beginning(const std::string& hash) { return hash.substr(0, 12); }

std::string data_of(const TaskFacts& task) {
  return fmt::format("{}, {} rows to train on, {} to test", beginning(task.hash), task.train_rows,
                     task.test_rows);
}

Settings settings_of(const CellRecord& record) {
  Settings settings = {{"seed", fmt::format("{}", record.seed)},
                       {"device", record.device},
                       {"dtype", record.dtype},
                       {"tuneval", record.versions.tuneval},
                       {"libtorch", record.versions.libtorch},
                       {"data of " + record.task.name, data_of(record.task)},
                       {"task type of " + record.task.name, record.task.task_type},
                       {"files of " + record.model.name, beginning(record.model.hash)}};
  for (const auto& item : record.recipe.items()) {
    settings["recipe." + item.key()] = text_of(item.value());
  }
  for (const auto& item : record.task.options.items()) {
    settings[fmt::format("options of {}: {}", record.task.name, item.key())] =
        text_of(item.value());
  }
  for (const auto& [name, version] : record.versions.plugins) settings["plugin " + name] = version;
  for (const auto& score : {record.base, record.tuned}) {
    if (!score) continue;
    settings["shots of " + record.task.name] = fmt::format("{}", score->shots);
    for (const MetricValue& metric : score->metrics) {
      if (!metric.judge.empty()) settings["judge of " + metric.name] = metric.judge;
    }
  }
  if (record.rescored) settings["rescored by tuneval"] = record.rescored->tuneval;
  return settings;
}

std::string find(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

}  // namespace

std::vector<RunChange> changes_between(const PairedCells& cells) {
  std::map<std::tuple<std::string, std::string, std::string>, int64_t> counts;
  for (const auto& [one, other] : cells.pairs) {
    const Settings first = settings_of(*one), second = settings_of(*other);
    std::set<std::string> keys;
    for (const auto& [key, value] : first) keys.insert(key);
    for (const auto& [key, value] : second) keys.insert(key);
    for (const std::string& key : keys) {
      const std::string before = find(first, key), after = find(second, key);
      if (before != after) ++counts[{key, before, after}];
    }
  }
  std::vector<RunChange> changes;
  for (const auto& [key, count] : counts) {
    const auto& [what, before, after] = key;
    changes.push_back({what, before, after, count});
  }
  return changes;
}

}  // namespace tuneval
