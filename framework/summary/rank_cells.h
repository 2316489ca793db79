#pragma once

#include "framework/summary/row_sets.h"
#include "framework/summary/summary.h"

#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// Gives the cells their ranks, by the rules: of the base and tuned scores and of the deltas.
void rank_cells(std::vector<TaskSummary>& tasks, const RankRules& rules);

/// Each model's mean rank with its interval; `sets` are the rows of each task, for intervals over
/// test examples. A task whose rows a model of it lacks keeps its ranks in every draw.
std::vector<std::optional<MeanInterval>> mean_ranks_of(const Summary& summary, Ranked ranked,
                                                       std::span<const TaskSets> sets,
                                                       const VerdictOptions& options);

/// The cell's rank, and the value it is ranked by.
std::optional<double> CellSummary::*rank_member(Ranked ranked);
std::optional<double> ranked_value(const CellSummary& cell, Ranked ranked);

}  // namespace tuneval
