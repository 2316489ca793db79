#pragma once

#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// A model by its score, better when higher, and what it costs, better when lower: parameters,
/// seconds, bytes, in whatever columns are asked about. None where a figure is not known.
struct ParetoPoint {
  std::optional<double> score;
  std::vector<std::optional<double>> costs;
};

/// Which points no other one dominates: at least as good in every column, and better in one. Equal
/// points are on the front together. A point that lacks a figure is not on it and dominates none.
/// Error where points have unlike numbers of columns, or a figure is not finite.
std::vector<bool> pareto_front(std::span<const ParetoPoint> points);

}  // namespace tuneval
