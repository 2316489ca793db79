#pragma once

#include "framework/statistics/bootstrap.h"
#include "framework/statistics/ranks.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// One task with its test rows, on which every model can be scored anew.
struct RowsOfTask {
  size_t rows = 0;
  std::vector<std::string> groups;  ///< as Resampler's
  /// A model's score on these rows; none where it lacks the task, whatever the rows.
  std::function<std::optional<double>(size_t model, std::span<const size_t> rows)> score;
  bool higher_is_better = true;
};

/// What might have been otherwise.
enum class Resampled {
  tasks,     ///< which tasks are ranked on; scores stay
  examples,  ///< which rows each task is tested on; the tasks stay
  both,
};

/// Percentile intervals of the models' mean ranks. All models see the same draws: tasks are drawn
/// with all that ranked on them, rows (or groups of rows) of a task for all models together, and
/// ranks are computed anew. Under MissingRule::common_tasks the tasks that count are those of the
/// real table. None for a model without any rank, and for all where fewer than two units could be
/// drawn (two tasks; for `examples`, no task of two rows). A draw in which a model has no task
/// leaves it out of that draw. Drawn rows bring ties and noise that the real ones had once already,
/// so intervals over examples lean towards the middle rank.
std::vector<std::optional<Interval>> bootstrap_mean_ranks(std::span<const RowsOfTask> tasks,
                                                          size_t models, Resampled resampled,
                                                          const RankRules& rules = {},
                                                          const BootstrapOptions& options = {});

}  // namespace tuneval
