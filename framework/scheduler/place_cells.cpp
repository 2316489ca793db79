#include "framework/scheduler/place_cells.h"

#include <algorithm>
#include <map>

namespace tuneval {

std::vector<ScheduledTask> place_cells(std::span<const CellToPlace> cells, const std::string& per) {
  std::vector<ScheduledTask> tasks;
  std::map<std::string, size_t> task_of;  // by the model's name
  for (const CellToPlace& cell : cells) {
    const auto [at, is_new] = task_of.emplace(per == "cell" ? cell.id : cell.model, tasks.size());
    if (is_new) {
      const std::string whole = cell.model.empty() ? "what has no model" : cell.model;
      tasks.push_back({per == "cell" ? cell.title : whole, {}, 0});
    }
    ScheduledTask& task = tasks[at->second];
    task.cells.push_back(cell.id);
    task.memory_bytes = std::max(task.memory_bytes, cell.memory_bytes);
  }
  return tasks;
}

}  // namespace tuneval
