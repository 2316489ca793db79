#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Which ranks equal values get.
enum class TieRule {
  min,      ///< the lowest of the places they fill, as the benchmark: 0.9, 0.8, 0.8 rank 1, 2, 2
  average,  ///< the mean of those places: 1, 2.5, 2.5
};
std::string_view to_string(TieRule rule);
/// Throws ManifestError naming the rules there are.
TieRule tie_rule(std::string_view name);
const std::vector<std::string>& tie_rules();

/// What becomes of a model that lacks a task.
enum class MissingRule {
  as_published,  ///< a task ranks the models that have it, and a model's mean is over its tasks
  common_tasks,  ///< only tasks that every model has count
  worst_rank,    ///< it gets the last rank there, the number of models
};
std::string_view to_string(MissingRule rule);
/// Throws ManifestError naming the rules there are.
MissingRule missing_rule(std::string_view name);
const std::vector<std::string>& missing_rules();

/// Ranks from 1, the best. Only exactly equal values tie. Values must be finite, else
/// tuneval::Error is thrown.
std::vector<double> ranks_of(std::span<const double> values, TieRule ties,
                             bool higher_is_better = true);
/// The same by TieRule::min, where ranks are whole: 0.9, 0.8, 0.8, 0.7 rank 1, 2, 2, 4.
std::vector<int64_t> ranks_min(std::span<const double> values, bool higher_is_better = true);

/// A difference as it is ranked, to 1e-9: 0.9 − 0.5 and 0.6 − 0.2 are one delta, though their last
/// binary digits differ. No two different k / N of a real test set come this close.
double round_difference(double difference);

/// One task's scores, a place for every model; none where a model lacks the task.
struct TaskScores {
  std::vector<std::optional<double>> scores;
  bool higher_is_better = true;
};

struct RankRules {
  TieRule ties = TieRule::min;
  MissingRule missing = MissingRule::as_published;
};

/// Ranks by task and model.
struct RankTable {
  std::vector<size_t> tasks;  ///< which tasks count: places in what was given
  std::vector<std::vector<std::optional<double>>> ranks;  ///< of each of `tasks`, by model
};

/// A model without any score takes no part: it has no rank, and no task is left out for it. Error
/// where tasks are not of as many models.
RankTable rank_table(std::span<const TaskScores> tasks, const RankRules& rules = {});

/// Each model's mean rank over the tasks where it has one.
std::vector<std::optional<double>> mean_ranks(const RankTable& table);

}  // namespace tuneval
