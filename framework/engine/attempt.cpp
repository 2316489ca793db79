#include "framework/engine/attempt.h"

#include "framework/record/cell_state.h"
#include "framework/record/lease.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace tuneval {

const Cell* Attempt::find(const std::string& id) const {
  const auto found = std::ranges::find(left, id, &Cell::id);
  return found == left.end() ? nullptr : *found;
}

void Attempt::drop(const Cell& cell) {
  if (current == &cell) current = nullptr;
  std::erase(left, &cell);
}

std::string Attempt::stage() const {
  if (!current) return {};
  if (progress.stage.empty()) return "loading";
  return fmt::format("{} {}/{}", progress.stage, progress.done, progress.total);
}

void Attempt::clean_behind(const std::filesystem::path& output) const {
  if (!current) return;
  const auto state = read_cell_state(output, current->id);
  if (state && state->pid == process.pid()) remove_cell_state(output, current->id);
  const auto lease = read_lease(cell_lease_path(output, current->id));
  std::error_code ignored;
  if (lease && lease->pid == process.pid() && is_dead(*lease)) {
    std::filesystem::remove(cell_lease_path(output, current->id), ignored);
  }
}

void Attempt::forgive(Clock::duration time) {
  cell_begin += time;
  last_sign += time;
  if (kill_at) *kill_at += time;
}

}  // namespace tuneval
