#include "framework/engine/attempt.h"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace tuneval
