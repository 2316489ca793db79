#pragma once

#include "framework/summary/verdict/compare_rows.h"

#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// A model with rows, as it is ranked on a task.
struct RankedSide {
  std::string model;
  double value = 0.0;  ///< better when higher
  Side side;
};

/// The models of a set that have such a score, the best first, equal ones by name.
std::vector<RankedSide> ranked_sides(const TaskSummary& task, const RowSet& set, Ranked ranked);

/// Every pair of them, adjusted and told, with the groups that cannot be told apart. None for fewer
/// than two models.
std::optional<TaskPairs> model_pairs(const TaskSummary& task, const DrawnSet& set, Ranked ranked,
                                     std::optional<double> noise_floor,
                                     const VerdictOptions& options);

/// How far such scores come apart on the task by the seed alone; none where no model was tuned with
/// several, and of base scores.
std::optional<double> noise_floor_of(const VariantSummary& variants, const std::string& task,
                                     Ranked ranked);

/// The groups of models in this order, best first, of which no pair was told apart.
std::vector<std::vector<std::string>> groups_of(std::span<const std::string> models,
                                                std::span<const ModelPair> pairs);

}  // namespace tuneval
