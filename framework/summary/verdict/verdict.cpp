#include "framework/summary/verdict/verdict.h"

#include <algorithm>

namespace tuneval {
namespace {

/// "a" … "z", then "a1" … "z1", "a2" …
std::string letter(size_t group) {
  const std::string text(1, static_cast<char>('a' + group % 26));
  return group < 26 ? text : text + std::to_string(group / 26);
}

}  // namespace

std::string_view to_string(Ranked ranked) {
  switch (ranked) {
    case Ranked::tuned: return "tuned";
    case Ranked::base: return "base";
    case Ranked::delta: return "delta";
  }
  return "";
}

std::string_view to_string(Told told) {
  switch (told) {
    case Told::better: return "better";
    case Told::worse: return "worse";
    case Told::noise: return "noise";
  }
  return "";
}

const TaskPairs* TaskVerdict::by(Ranked ranked) const {
  const auto found = std::ranges::find(pairs, ranked, &TaskPairs::ranked);
  return found == pairs.end() ? nullptr : &*found;
}

const CellVerdict* Verdict::cell(std::string_view model, std::string_view task) const {
  const auto found = std::ranges::find_if(
      cells, [&](const CellVerdict& one) { return one.model == model && one.task == task; });
  return found == cells.end() ? nullptr : &*found;
}

const TaskVerdict* Verdict::task(std::string_view name) const {
  const auto found =
      std::ranges::find_if(tasks, [&](const TaskVerdict& one) { return one.task == name; });
  return found == tasks.end() ? nullptr : &*found;
}

const OverTasks* Verdict::over(Ranked ranked) const {
  const auto found = std::ranges::find(over_tasks, ranked, &OverTasks::ranked);
  return found == over_tasks.end() ? nullptr : &*found;
}

std::string letters_of(const std::string& model, std::span<const std::vector<std::string>> groups) {
  std::string letters;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (std::ranges::find(groups[i], model) != groups[i].end()) letters += letter(i);
  }
  return letters;
}

}  // namespace tuneval
