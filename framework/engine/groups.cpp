#include "framework/engine/groups.h"

#include "framework/engine/servers.h"

#include <algorithm>
#include <utility>

namespace tuneval {

namespace {

/// Whether two cells go to one worker.
bool together(const Plan& plan, const Cell& one, const Cell& other) {
  if (one.has_model() != other.has_model()) return false;
  if (one.has_model()) return one.model == other.model;
  return needs_server(plan, one) == needs_server(plan, other);
}

/// The group with the most cells among those that can be cut.
CellGroup* longest(std::vector<CellGroup>& groups) {
  CellGroup* found = nullptr;
  for (CellGroup& group : groups) {
    const bool can_be_cut = !group.server && group.cells.size() > 1;
    if (can_be_cut && (!found || group.cells.size() > found->cells.size())) found = &group;
  }
  return found;
}

}  // namespace

int64_t CellGroup::memory() const {
  int64_t most = 0;
  for (const Cell* cell : cells) most = std::max(most, cell->estimate.peak_memory_bytes);
  return most;
}

std::vector<CellGroup> make_groups(const Plan& plan, std::span<const Cell* const> cells,
                                   int64_t jobs) {
  std::vector<CellGroup> groups;
  for (const Cell* cell : cells) {
    const auto mate = std::ranges::find_if(groups, [&](const CellGroup& group) {
      return together(plan, *group.cells.front(), *cell);
    });
    CellGroup& group = mate == groups.end() ? groups.emplace_back() : *mate;
    group.cells.push_back(cell);
    group.server = group.server || needs_server(plan, *cell);
  }
  while (int64_t(groups.size()) < jobs) {
    CellGroup* group = longest(groups);
    if (!group) break;
    const auto middle = group->cells.begin() + std::ptrdiff_t((group->cells.size() + 1) / 2);
    CellGroup second{{middle, group->cells.end()}, false};
    group->cells.erase(middle, group->cells.end());
    const auto place = groups.begin() + (group - groups.data()) + 1;
    groups.insert(place, std::move(second));
  }
  return groups;
}

}  // namespace tuneval
