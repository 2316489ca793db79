#include "framework/summary/verdict/model_pairs.h"

#include "framework/statistics/over_tasks.h"
#include "framework/summary/rank_cells.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace tuneval {
namespace {

using Role = RowColumn::Role;

std::optional<Side> side_of(const RowSet& set, size_t model, Ranked ranked) {
  const std::optional<size_t> base = set.find(Role::base, model);
  const std::optional<size_t> tuned = set.find(Role::tuned, model);
  switch (ranked) {
    case Ranked::tuned: return tuned ? std::optional(Side{*tuned, {}}) : std::nullopt;
    case Ranked::base: return base ? std::optional(Side{*base, {}}) : std::nullopt;
    case Ranked::delta: break;
  }
  return base && tuned ? std::optional(Side{*tuned, *base}) : std::nullopt;
}

}  // namespace

std::vector<RankedSide> ranked_sides(const TaskSummary& task, const RowSet& set, Ranked ranked) {
  std::vector<RankedSide> sides;
  for (size_t model = 0; model < task.cells.size(); ++model) {
    const std::optional<double> value = ranked_value(task.cells[model], ranked);
    const std::optional<Side> side = side_of(set, model, ranked);
    if (!value || !side) continue;
    sides.push_back({task.cells[model].model, task.higher_is_better ? *value : -*value, *side});
  }
  std::ranges::sort(sides, {},
                    [](const RankedSide& one) { return std::tuple(-one.value, one.model); });
  return sides;
}

std::optional<TaskPairs> model_pairs(const TaskSummary& task, const DrawnSet& set, Ranked ranked,
                                     std::optional<double> noise_floor,
                                     const VerdictOptions& options) {
  const std::vector<RankedSide> sides = ranked_sides(task, *set.rows, ranked);
  if (sides.size() < 2) return std::nullopt;
  TaskPairs found{ranked, {}, {}};
  std::vector<std::string> models;
  for (size_t i = 0; i < sides.size(); ++i) {
    models.push_back(sides[i].model);
    for (size_t j = i + 1; j < sides.size(); ++j) {
      auto result = compare_rows(set, sides[i].side, sides[j].side, options);
      if (result) {
        found.pairs.push_back({sides[i].model, sides[j].model, std::move(*result)});
      }
    }
  }
  std::vector<PairedResult*> results;
  for (ModelPair& pair : found.pairs) results.push_back(&pair.result);
  adjust(results, options.multiple);
  for (PairedResult* result : results) {
    result->told = told_of(*result, task.higher_is_better, options.alpha, noise_floor);
  }
  found.groups = groups_of(models, found.pairs);
  return found;
}

std::optional<double> noise_floor_of(const VariantSummary& variants, const std::string& task,
                                     Ranked ranked) {
  if (ranked == Ranked::base) return std::nullopt;
  const auto found = std::ranges::find(variants.noise, task, &TaskNoise::task);
  return found == variants.noise.end() ? std::nullopt : std::optional(found->floor);
}

std::vector<std::vector<std::string>> groups_of(std::span<const std::string> models,
                                                std::span<const ModelPair> pairs) {
  std::map<std::pair<std::string_view, std::string_view>, bool> told;
  for (const ModelPair& pair : pairs) {
    const bool apart = pair.result.told != Told::noise;
    told[{pair.first, pair.second}] = apart;
    told[{pair.second, pair.first}] = apart;
  }
  std::vector<double> places;
  for (size_t i = 0; i < models.size(); ++i) places.push_back(static_cast<double>(i));
  const Apart apart = [&](size_t first, size_t second) {
    const auto found = told.find({models[first], models[second]});
    return found != told.end() && found->second;
  };
  std::vector<std::vector<std::string>> groups;
  for (const std::vector<size_t>& places_of : indistinguishable(places, apart)) {
    std::vector<std::string>& group = groups.emplace_back();
    for (const size_t place : places_of) group.push_back(models[place]);
  }
  return groups;
}

}  // namespace tuneval
