#pragma once

#include "framework/summary/summary.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What a cell's score after tuning (before it, where there is no other) has to reach.
struct ScoreBar {
  std::string task;  ///< empty: every task without a bar of its own
  double value = 0.0;

  bool operator==(const ScoreBar&) const = default;
};

/// "0.8" or "topics=0.8". Throws ManifestError.
ScoreBar score_bar(std::string_view text);

/// The bar that a task's cells stand under.
std::optional<double> bar_of(std::span<const ScoreBar> bars, const std::string& task);

/// Where a done cell misses its bar a sentence that says so: "accuracy is 0.71: expected at least
/// 0.8". None where it reaches it, has no score or no bar.
std::optional<std::string> missed_bar(const CellSummary& cell, const TaskSummary& task,
                                      std::span<const ScoreBar> bars);

/// All of the summary's, each with its cell's name. Throws ManifestError where a bar is of a task
/// that the summary does not have.
std::vector<std::string> missed_bars(const Summary& summary, std::span<const ScoreBar> bars);

}  // namespace tuneval
