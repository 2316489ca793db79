#include "framework/summary/verdict/over_tasks.h"

#include "framework/statistics/ranks.h"
#include "framework/statistics/sample.h"
#include "framework/summary/rank_cells.h"
#include "framework/summary/verdict/model_pairs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace tuneval {
namespace {

using Groups = std::vector<std::vector<std::string>>;

/// The models and tasks of a complete table, models by name: nothing depends on their order.
struct Table {
  std::vector<std::string> models;
  std::vector<const TaskSummary*> tasks;
  std::vector<size_t> places;               ///< of the tasks in the summary
  std::vector<std::vector<double>> scores;  ///< by task and model, better when higher
};

const CellSummary& cell_of(const TaskSummary& task, const std::string& model) {
  return *std::ranges::find(task.cells, model, &CellSummary::model);
}

Table table_of(const Summary& summary, Ranked ranked) {
  Table table;
  for (const ModelSummary& model : summary.models) {
    const auto has = [&](const TaskSummary& task) {
      return ranked_value(cell_of(task, model.name), ranked).has_value();
    };
    if (std::ranges::any_of(summary.tasks, has)) table.models.push_back(model.name);
  }
  std::ranges::sort(table.models);
  for (size_t place = 0; place < summary.tasks.size(); ++place) {
    const TaskSummary& task = summary.tasks[place];
    std::vector<double> scores;
    for (const std::string& model : table.models) {
      const std::optional<double> value = ranked_value(cell_of(task, model), ranked);
      if (value) scores.push_back(task.higher_is_better ? *value : -*value);
    }
    if (scores.size() != table.models.size()) continue;
    table.tasks.push_back(&task);
    table.places.push_back(place);
    table.scores.push_back(std::move(scores));
  }
  return table;
}

/// The same with the models in this order.
void reorder(Table& table, const std::vector<size_t>& order) {
  const auto arranged = [&](const auto& items) {
    std::remove_cvref_t<decltype(items)> result;
    for (const size_t place : order) result.push_back(items[place]);
    return result;
  };
  table.models = arranged(table.models);
  for (std::vector<double>& scores : table.scores) scores = arranged(scores);
}

std::vector<std::vector<double>> ranks_of_tasks(const Table& table) {
  std::vector<std::vector<double>> ranks;
  for (const std::vector<double>& scores : table.scores) {
    ranks.push_back(ranks_of(scores, TieRule::average));
  }
  return ranks;
}

Groups named(const std::vector<std::vector<size_t>>& groups, const Table& table) {
  Groups names;
  for (const std::vector<size_t>& group : groups) {
    std::vector<std::string>& one = names.emplace_back();
    for (const size_t model : group) one.push_back(table.models[model]);
  }
  return names;
}

/// Differences of the models' mean scores over the tasks, on the draws of each task's rows.
class RowPairs {
 public:
  RowPairs(const Summary& summary, const Table& table, Ranked ranked,
           std::span<const DrawnSet* const> sets, const VerdictOptions& options)
      : summary_(summary), table_(table), ranked_(ranked), options_(options) {
    // By name: sums in another order differ in their last digits.
    std::vector<size_t> order(table.tasks.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::sort(order, {}, [&](size_t i) { return table.tasks[i]->name; });
    for (const size_t i : order) {
      if (possible_) add_task(*table.tasks[i], sets[table.places[i]]);
    }
  }

  std::vector<ModelPair> pairs() const {
    if (!possible_ || draws_ == 0) return {};
    std::vector<size_t> order(table_.models.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::sort(
        order, {}, [&](size_t model) { return std::tuple(-means_[model], table_.models[model]); });
    std::vector<ModelPair> pairs;
    for (size_t i = 0; i < order.size(); ++i) {
      for (size_t j = i + 1; j < order.size(); ++j) pairs.push_back(pair(order[i], order[j]));
    }
    std::vector<PairedResult*> results;
    for (ModelPair& one : pairs) results.push_back(&one.result);
    adjust(results, options_.multiple);
    for (PairedResult* one : results) {
      one->told = told_of(*one, true, options_.alpha, std::sqrt(squared_floor_));
    }
    return pairs;
  }

 private:
  void add_task(const TaskSummary& task, const DrawnSet* set) {
    const double scale = task.highest - task.lowest;
    const auto sides = set ? ranked_sides(task, *set->rows, ranked_) : std::vector<RankedSide>();
    possible_ = sides.size() == table_.models.size() && std::isfinite(scale) && scale > 0.0 &&
                set->draws.resamples() > 0;
    if (!possible_) return;
    const auto draws = static_cast<size_t>(set->draws.resamples());
    draws_ = draws_ == 0 ? draws : std::min(draws_, draws);
    sums_.resize(table_.models.size());
    means_.resize(table_.models.size(), 0.0);
    rows_ += static_cast<int64_t>(set->rows->rows());
    const double part =
        (task.higher_is_better ? 1.0 : -1.0) / scale / static_cast<double>(table_.tasks.size());
    for (const RankedSide& side : sides) {
      const auto found = std::ranges::find(table_.models, side.model);
      const auto model = static_cast<size_t>(found - table_.models.begin());
      means_[model] += part * value_of(*set->rows, side.side);
      std::vector<double>& sum = sums_[model];
      const std::vector<double> drawn = replicates_of(set->draws, side.side);
      sum.resize(sum.empty() ? drawn.size() : std::min(sum.size(), drawn.size()), 0.0);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += part * drawn[i];
    }
    const double floor = noise_floor_of(summary_.variants, task.name, ranked_).value_or(0.0);
    squared_floor_ += part * part * floor * floor;
  }

  ModelPair pair(size_t first, size_t second) const {
    ModelPair found{table_.models[first], table_.models[second], {}};
    PairedResult& result = found.result;
    result.test = "bootstrap";
    result.rows = rows_;
    result.difference = means_[first] - means_[second];
    std::vector<double> differences;
    for (size_t i = 0; i < draws_; ++i) differences.push_back(sums_[first][i] - sums_[second][i]);
    std::erase_if(differences, [](double value) { return std::isnan(value); });
    if (differences.empty()) return found;
    const auto down = std::ranges::count_if(differences, [](double d) { return d <= 0.0; });
    const auto up = std::ranges::count_if(differences, [](double d) { return d >= 0.0; });
    result.p = std::min(1.0, 2.0 * static_cast<double>(1 + std::min(down, up)) /
                                 static_cast<double>(1 + std::ssize(differences)));
    if (differences.size() > 1) {
      const double error = std::sqrt(variance_of(differences));
      // Of fewer draws than asked for the least p is too much for one pair of many.
      const bool few = static_cast<int64_t>(draws_) < options_.resamples;
      if (error > 0.0 && few) result.p = normal_p(result.difference, error);
      if (error > 0.0) {
        result.detectable = detectable_by_error(error, options_);
        result.rows_needed = rows_for(result.difference, *result.detectable, rows_);
      }
    }
    result.interval = interval_of(std::move(differences), options_.level);
    result.adjusted = result.p;
    return found;
  }

  const Summary& summary_;
  const Table& table_;
  Ranked ranked_;
  const VerdictOptions& options_;
  bool possible_ = true;
  size_t draws_ = 0;
  double squared_floor_ = 0.0;  ///< of a mean over tasks, each with its own noise
  int64_t rows_ = 0;
  std::vector<std::vector<double>> sums_;  ///< by model and draw
  std::vector<double> means_;
};

}  // namespace

std::optional<OverTasks> over_tasks(const Summary& summary, Ranked ranked,
                                    std::span<const DrawnSet* const> sets,
                                    const VerdictOptions& options) {
  Table table = table_of(summary, ranked);
  const auto tasks = std::ssize(table.tasks);
  if (table.models.size() < 2 || tasks < 2) return std::nullopt;
  std::vector<size_t> order(table.models.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const FriedmanTest by_name = friedman_test(ranks_of_tasks(table)).value();
  std::ranges::stable_sort(order, {}, [&](size_t model) { return by_name.mean_ranks[model]; });
  reorder(table, order);
  OverTasks found;
  found.ranked = ranked;
  found.models = table.models;
  for (const TaskSummary* task : table.tasks) found.tasks.push_back(task->name);
  found.friedman = friedman_test(ranks_of_tasks(table)).value();
  found.mean_ranks = found.friedman.mean_ranks;
  found.critical_difference =
      nemenyi_critical_difference(static_cast<int>(table.models.size()), tasks, options.alpha);
  found.nemenyi_groups =
      named(indistinguishable(found.mean_ranks,
                              apart_by_difference(found.mean_ranks, found.critical_difference)),
            table);
  found.wilcoxon = wilcoxon_holm(table.scores);
  const auto pairs = static_cast<double>(found.wilcoxon.size());
  found.least_wilcoxon = std::min(1.0, pairs * std::ldexp(1.0, 1 - static_cast<int>(tasks)));
  found.wilcoxon_groups = named(
      indistinguishable(found.mean_ranks, apart_by_pairs(found.wilcoxon, options.alpha)), table);
  found.row_pairs = RowPairs(summary, table, ranked, sets, options).pairs();
  if (!found.row_pairs.empty()) {
    std::vector<std::string> models = {found.row_pairs[0].first};
    for (size_t i = 1; i < table.models.size(); ++i) {
      models.push_back(found.row_pairs[i - 1].second);  // the first model's pairs come first
    }
    found.row_groups = groups_of(models, found.row_pairs);
  }
  return found;
}

}  // namespace tuneval
