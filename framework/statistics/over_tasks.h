#pragma once

#include "framework/statistics/signed_rank.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

// Several models on several tasks. A table has a row for each task and in it a number for each
// model; every model has every task here (MissingRule::common_tasks or worst_rank make it so).

using ModelTable = std::span<const std::vector<double>>;

struct FriedmanTest {
  double chi_square = 0.0, p = 1.0;  ///< with models − 1 degrees of freedom
  double f = 0.0, f_p = 1.0;         ///< Iman and Davenport's, the better one for few tasks
  std::vector<double> mean_ranks;    ///< average ranks, lower is better
};

/// Friedman's test, JASA 32 (1937), of k models that are all alike over n tasks. `ranks` may be by
/// any tie rule, or scores of which lower is better; they are ranked again, ties by the average.
/// With Rⱼ the rank sums and t the sizes of ties within tasks:
///
///   χ² = (12 / (n·k·(k + 1)) · Σ Rⱼ² − 3·n·(k + 1)) / (1 − Σ (t³ − t) / (n·k·(k² − 1)))
///   F  = (n − 1)·χ² / (n·(k − 1) − χ²), with k − 1 and (k − 1)(n − 1) degrees of freedom
///
/// Iman and Davenport, Communications in Statistics A9 (1980); Demšar, JMLR 7 (2006). All ties:
/// χ² = F = 0, p = 1. The same order on every task: F = ∞, f_p = 0; for one task f_p is 1. None for
/// no task or fewer than two models.
std::optional<FriedmanTest> friedman_test(ModelTable ranks);

/// Nemenyi's critical difference of mean ranks, q/√2 · √(k(k + 1) / 6n), q the quantile of the
/// studentised range of k means at infinitely many degrees of freedom (normal_range_quantile): mean
/// ranks further apart than this differ, all pairs at once. 15 models on 9 tasks: 7.15. Error for
/// fewer than two models or no task. Nemenyi 1963; Demšar 2006.
double nemenyi_critical_difference(int models, int64_t tasks, double alpha = 0.05);

struct PairTest {
  size_t first = 0, second = 0;  ///< models, first < second
  double p = 1.0, adjusted = 1.0;
};

/// Wilcoxon's signed-rank test of each pair's differences over the tasks, `scores` better when
/// higher (negate the others), differences rounded as ranks are (round_difference); adjusted by
/// Holm over all pairs. Its p cannot be less than 2^(1 − n): with 9 tasks 0.0039, times 105 pairs
/// of 15 models 0.41, so such a table cannot tell any pair apart. Benavoli, Corani, Mangili, JMLR
/// 17 (2016).
std::vector<PairTest> wilcoxon_holm(ModelTable scores, ZeroRule zeros = ZeroRule::pratt);

/// Whether two models are told apart.
using Apart = std::function<bool(size_t first, size_t second)>;

/// From a critical difference of mean ranks, which must outlive it.
Apart apart_by_difference(std::span<const double> mean_ranks, double critical_difference);
/// From adjusted p-values of all pairs.
Apart apart_by_pairs(std::span<const PairTest> pairs, double alpha = 0.05);

/// The groups of models that cannot be told apart: runs of the models in order of their mean ranks,
/// as long as may be, in which no two are apart; and for two that are in no run together, since one
/// between them is apart from one of them, a group that holds both. So two models are in a group
/// together exactly where they are not apart. Groups overlap, and none lies within another; every
/// model is in one at least; each lists its models best first, and the groups themselves begin with
/// the best.
std::vector<std::vector<size_t>> indistinguishable(std::span<const double> mean_ranks,
                                                   const Apart& apart);

}  // namespace tuneval
