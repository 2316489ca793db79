#include "framework/report/exports/score_bar.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tuneval {

ScoreBar score_bar(std::string_view text) {
  const size_t sign = text.rfind('=');
  const std::string_view number = sign == text.npos ? text : text.substr(sign + 1);
  ScoreBar bar{std::string(sign == text.npos ? std::string_view() : text.substr(0, sign)), 0.0};
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), bar.value);
  if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(bar.value) ||
      sign == 0) {
    throw ManifestError(
        fmt::format("--fail-below is \"{}\": expected a score, as 0.8, or TASK=SCORE", text));
  }
  return bar;
}

std::optional<double> bar_of(std::span<const ScoreBar> bars, const std::string& task) {
  std::optional<double> found;
  for (const ScoreBar& bar : bars) {
    if (bar.task == task) return bar.value;
    if (bar.task.empty()) found = bar.value;
  }
  return found;
}

std::optional<std::string> missed_bar(const CellSummary& cell, const TaskSummary& task,
                                      std::span<const ScoreBar> bars) {
  const std::optional<StageScore>& score = cell.tuned ? cell.tuned : cell.base;
  const std::optional<double> bar = bar_of(bars, task.name);
  if (cell.state != CellState::done || !score || !bar) return std::nullopt;
  if (task.higher_is_better ? score->value >= *bar : score->value <= *bar) return std::nullopt;
  return fmt::format("{} is {}: expected at {} {}", task.metric, score->value,
                     task.higher_is_better ? "least" : "most", *bar);
}

std::vector<std::string> missed_bars(const Summary& summary, std::span<const ScoreBar> bars) {
  for (const ScoreBar& bar : bars) {
    if (bar.task.empty()) continue;
    if (std::ranges::find(summary.tasks, bar.task, &TaskSummary::name) != summary.tasks.end()) {
      continue;
    }
    std::vector<std::string> names;
    for (const TaskSummary& task : summary.tasks) names.push_back(task.name);
    throw ManifestError(fmt::format("--fail-below is of a task \"{}\": expected one of {}",
                                    bar.task, fmt::join(names, ", ")));
  }
  std::vector<std::string> missed;
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) {
      if (const auto sentence = missed_bar(cell, task, bars)) {
        missed.push_back(fmt::format("{} on {}: {}", cell.model, task.name, *sentence));
      }
    }
  }
  return missed;
}

}  // namespace tuneval
