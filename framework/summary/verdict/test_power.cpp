#include "framework/summary/verdict/test_power.h"

#include "framework/statistics/sample.h"
#include "framework/summary/verdict/model_pairs.h"

#include <algorithm>
#include <vector>

namespace tuneval {
namespace {

std::optional<double> median_detectable(const TaskPairs& pairs) {
  std::vector<double> detectable;
  for (const ModelPair& pair : pairs.pairs) {
    if (pair.result.detectable) detectable.push_back(*pair.result.detectable);
  }
  if (detectable.empty()) return std::nullopt;
  std::ranges::sort(detectable);
  return quantile_of_sorted(detectable, 0.5);
}

void add_pairs(const TaskPairs& pairs, const std::string& second, TestPower& power) {
  power.paired = median_detectable(pairs);
  power.second = second;
  for (const ModelPair& pair : pairs.pairs) {
    if (pair.first != power.best || pair.second != second) continue;
    power.difference = pair.result.difference;
    power.rows_needed = pair.result.rows_needed;
  }
}

}  // namespace

std::optional<TestPower> test_power(const TaskSummary& task, const RowSet& set,
                                    std::span<const TaskPairs> pairs,
                                    const VerdictOptions& options) {
  TestPower power;
  std::vector<RankedSide> sides = ranked_sides(task, set, Ranked::tuned);
  if (sides.empty()) {
    power.ranked = Ranked::base;
    sides = ranked_sides(task, set, Ranked::base);
  }
  if (sides.empty()) return std::nullopt;
  const RowColumn& best = set.columns[sides[0].side.plus];
  power.best = sides[0].model;
  power.score = best.reported;
  power.rows = best.count;
  if (set.grouped) power.groups = static_cast<int64_t>(set.units.units());
  if (best.is_proportion && !set.grouped) {
    power.unpaired = detectable_unpaired(std::clamp(best.reported, 0.0, 1.0), best.count,
                                         {options.power, options.alpha});
  }
  for (const TaskPairs& one : pairs) {
    if (one.ranked == power.ranked && sides.size() > 1) add_pairs(one, sides[1].model, power);
  }
  return power;
}

}  // namespace tuneval
