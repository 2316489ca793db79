#include "framework/statistics/pareto.h"

#include "framework/statistics/sample.h"

#include <algorithm>

namespace tuneval {
namespace {

/// The figures as one row, all better when lower; none where one is not known.
std::optional<std::vector<double>> figures_of(const ParetoPoint& point) {
  std::vector<double> figures;
  bool known = point.score.has_value();
  if (known) figures.push_back(-*point.score);
  for (const std::optional<double>& cost : point.costs) {
    if (cost) figures.push_back(*cost);
    known = known && cost.has_value();
  }
  require_finite(figures, "scores and costs");
  return known ? std::optional(figures) : std::nullopt;
}

bool dominates(const std::vector<double>& one, const std::vector<double>& other) {
  bool better = false;
  for (size_t i = 0; i < one.size(); ++i) {
    if (one[i] > other[i]) return false;
    better = better || one[i] < other[i];
  }
  return better;
}

}  // namespace

std::vector<bool> pareto_front(std::span<const ParetoPoint> points) {
  std::vector<std::optional<std::vector<double>>> figures;
  for (const ParetoPoint& point : points) {
    require_same_length(point.costs.size(), points[0].costs.size(), "costs of two models");
    figures.push_back(figures_of(point));
  }
  std::vector<bool> front;
  for (const auto& one : figures) {
    const auto beats = [&](const auto& other) { return other && dominates(*other, *one); };
    front.push_back(one && std::ranges::none_of(figures, beats));
  }
  return front;
}

}  // namespace tuneval
