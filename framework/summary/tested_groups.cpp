#include "framework/summary/recommendations.h"
#include "framework/summary/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace tuneval {
namespace {

/// The models of these pairs, the best first: each comes first in its pairs with those behind it.
std::vector<std::string> models_of(std::span<const ModelPair> pairs) {
  std::vector<std::string> models;
  const auto add = [&](const std::string& model) {
    if (std::ranges::find(models, model) == models.end()) models.push_back(model);
  };
  for (const ModelPair& pair : pairs) {
    add(pair.first);
    add(pair.second);
  }
  return models;
}

RankingGroups over_tasks(const OverTasks& over) {
  RankingGroups found;
  found.ranking = to_string(over.ranked);
  found.models = over.models;
  if (!over.row_groups.empty()) {
    found.test = fmt::format("a paired bootstrap of the test rows of {} tasks", over.tasks.size());
    found.groups = over.row_groups;
    found.models = models_of(over.row_pairs);
  } else {
    found.test = fmt::format("Nemenyi's test over {} tasks (critical difference {:.2f} ranks)",
                             over.tasks.size(), over.critical_difference);
    found.groups = over.nemenyi_groups;
  }
  return found;
}

RankingGroups on_one_task(const TaskPairs& pairs, const std::string& task) {
  RankingGroups found;
  found.ranking = to_string(pairs.ranked);
  found.test = fmt::format("paired tests on the rows of {}, adjusted for all pairs", task);
  found.groups = pairs.groups;
  found.models = models_of(pairs.pairs);
  return found;
}

}  // namespace

std::vector<RankingGroups> tested_groups(const Summary& summary) {
  std::vector<RankingGroups> all;
  for (const Ranked ranked : {Ranked::tuned, Ranked::base, Ranked::delta}) {
    if (const OverTasks* over = summary.verdict.over(ranked)) {
      all.push_back(over_tasks(*over));
      continue;
    }
    if (summary.tasks.size() != 1) continue;
    const TaskVerdict* task = summary.verdict.task(summary.tasks[0].name);
    const TaskPairs* pairs = task ? task->by(ranked) : nullptr;
    if (pairs) all.push_back(on_one_task(*pairs, task->task));
  }
  return all;
}

}  // namespace tuneval
