#include "framework/summary/missing_tasks.h"

#include "framework/summary/rank_cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuneval {
namespace {

/// The tasks on which others have such a score, and this model, which has one somewhere, has none.
std::vector<std::string> lacking(const Summary& summary, size_t model, Ranked ranked) {
  std::vector<std::string> tasks;
  bool takes_part = false;
  for (const TaskSummary& task : summary.tasks) {
    const auto has = [&](const CellSummary& cell) {
      return ranked_value(cell, ranked).has_value();
    };
    if (has(task.cells[model])) {
      takes_part = true;
    } else if (std::ranges::any_of(task.cells, has)) {
      tasks.push_back(task.name);
    }
  }
  return takes_part ? tasks : std::vector<std::string>();
}

std::string_view consequence(MissingRule rule) {
  switch (rule) {
    case MissingRule::as_published: break;
    case MissingRule::common_tasks: return "only tasks that all of them have count";
    case MissingRule::worst_rank: return "a model has the last rank where it lacks a task";
  }
  return "on a task that fewer models have, the worst rank is lower, which flatters those who have "
         "it";
}

}  // namespace

std::vector<std::string> missing_tasks(const Summary& summary) {
  std::vector<std::string> rankings, models;
  std::vector<std::vector<std::string>> tasks(summary.models.size());  // by model, of any ranking
  for (const Ranked ranked : {Ranked::tuned, Ranked::base, Ranked::delta}) {
    bool uneven = false;
    for (size_t model = 0; model < tasks.size(); ++model) {
      for (const std::string& task : lacking(summary, model, ranked)) {
        uneven = true;
        if (std::ranges::find(tasks[model], task) == tasks[model].end()) {
          tasks[model].push_back(task);
        }
      }
    }
    if (uneven) rankings.emplace_back(to_string(ranked));
  }
  for (size_t model = 0; model < tasks.size(); ++model) {
    if (tasks[model].empty()) continue;
    models.push_back(
        fmt::format("{} ({})", summary.models[model].name, fmt::join(tasks[model], ", ")));
  }
  if (rankings.empty()) return {};
  return {fmt::format(
      "Which tasks count differs between models (ranking: {}): {}. Without a score: "
      "{}.",
      fmt::join(rankings, ", "), consequence(summary.rules.missing), fmt::join(models, ", "))};
}

}  // namespace tuneval
