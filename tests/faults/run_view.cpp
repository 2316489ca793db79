#include "tests/faults/run_view.h"

#include "framework/record/cell_state.h"
#include "framework/record/lease.h"
#include "tests/faults/small_run.h"

#include <algorithm>
#include <system_error>

namespace tuneval::testing {

namespace fs = std::filesystem;

std::string RunView::stage_of(pid_t worker) const {
  for (const std::string& name : names_in("state")) {
    const auto state = read_cell_state(output_, fs::path(name).stem().string());
    if (state && state->pid == worker) return state->stage;
  }
  return {};
}

bool RunView::has_begun(const Process& process) const {
  const auto workers = process.workers();
  return std::ranges::any_of(workers, [this](pid_t one) { return !stage_of(one).empty(); });
}

std::string RunView::activity(const Process& process) const {
  if (records() >= kSmallRunCells) return "report";
  const auto workers = process.workers();
  for (const pid_t worker : workers) {
    if (const std::string stage = stage_of(worker); !stage.empty()) return "cell: " + stage;
  }
  if (!workers.empty()) return "worker without a cell";
  const auto holder = read_lease(run_lease_path(output_));
  return holder && holder->pid == process.pid() ? "planning" : "start";
}

std::vector<std::string> RunView::names_in(const char* folder) const {
  std::vector<std::string> names;
  std::error_code missing;
  fs::directory_iterator entry(output_ / folder, missing);
  for (; !missing && entry != fs::directory_iterator(); entry.increment(missing)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with('.')) names.push_back(name);
  }
  return names;
}

}  // namespace tuneval::testing
