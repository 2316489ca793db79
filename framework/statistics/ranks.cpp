#include "framework/statistics/ranks.h"

#include "framework/statistics/names.h"
#include "framework/statistics/sample.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tuneval {
namespace {

constexpr Names<TieRule, 2> kTieRules = {{{{TieRule::min, "min"}, {TieRule::average, "average"}}}};
constexpr Names<MissingRule, 3> kMissingRules = {{{{MissingRule::as_published, "published"},
                                                   {MissingRule::common_tasks, "common"},
                                                   {MissingRule::worst_rank, "worst"}}}};

/// The models that have a score anywhere.
std::vector<bool> taking_part(std::span<const TaskScores> tasks) {
  std::vector<bool> part(tasks.empty() ? 0 : tasks[0].scores.size(), false);
  for (const TaskScores& task : tasks) {
    require_same_length(task.scores.size(), part.size(), "models of two tasks");
    for (size_t model = 0; model < part.size(); ++model) {
      if (task.scores[model]) part[model] = true;
    }
  }
  return part;
}

bool all_have(const TaskScores& task, const std::vector<bool>& part) {
  for (size_t model = 0; model < part.size(); ++model) {
    if (part[model] && !task.scores[model]) return false;
  }
  return true;
}

/// Among the models that have the task.
std::vector<std::optional<double>> ranks_on(const TaskScores& task, TieRule ties) {
  std::vector<double> values;
  for (const std::optional<double>& score : task.scores) {
    if (score) values.push_back(*score);
  }
  const std::vector<double> ranks = ranks_of(values, ties, task.higher_is_better);
  std::vector<std::optional<double>> placed;
  size_t next = 0;
  for (const std::optional<double>& score : task.scores) {
    placed.push_back(score ? std::optional(ranks[next++]) : std::nullopt);
  }
  return placed;
}

}  // namespace

std::string_view to_string(TieRule rule) { return kTieRules.name(rule); }
TieRule tie_rule(std::string_view name) { return kTieRules.value(name, "tie rule"); }
const std::vector<std::string>& tie_rules() {
  static const std::vector<std::string> names = kTieRules.all();
  return names;
}

std::string_view to_string(MissingRule rule) { return kMissingRules.name(rule); }
MissingRule missing_rule(std::string_view name) {
  return kMissingRules.value(name, "rule for missing tasks");
}
const std::vector<std::string>& missing_rules() {
  static const std::vector<std::string> names = kMissingRules.all();
  return names;
}

std::vector<double> ranks_of(std::span<const double> values, TieRule ties, bool higher_is_better) {
  require_finite(values, "scores to be ranked");
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t i, size_t j) {
    return higher_is_better ? values[i] > values[j] : values[i] < values[j];
  });
  std::vector<double> ranks(values.size());
  for (size_t first = 0, next = 0; first < order.size(); first = next) {
    while (next < order.size() && values[order[next]] == values[order[first]]) ++next;
    const auto lowest = static_cast<double>(first + 1), highest = static_cast<double>(next);
    const double rank = ties == TieRule::min ? lowest : (lowest + highest) / 2.0;
    for (size_t i = first; i < next; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

std::vector<int64_t> ranks_min(std::span<const double> values, bool higher_is_better) {
  std::vector<int64_t> ranks;
  for (const double rank : ranks_of(values, TieRule::min, higher_is_better)) {
    ranks.push_back(static_cast<int64_t>(rank));
  }
  return ranks;
}

double round_difference(double difference) {
  constexpr double kUnit = 1e-9;
  return std::round(difference / kUnit) * kUnit;
}

RankTable rank_table(std::span<const TaskScores> tasks, const RankRules& rules) {
  const std::vector<bool> part = taking_part(tasks);
  const auto worst = static_cast<double>(std::ranges::count(part, true));
  RankTable table;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (rules.missing == MissingRule::common_tasks && !all_have(tasks[i], part)) continue;
    table.tasks.push_back(i);
    table.ranks.push_back(ranks_on(tasks[i], rules.ties));
    if (rules.missing != MissingRule::worst_rank) continue;
    for (size_t model = 0; model < part.size(); ++model) {
      std::optional<double>& rank = table.ranks.back()[model];
      if (part[model] && !rank) rank = worst;
    }
  }
  return table;
}

std::vector<std::optional<double>> mean_ranks(const RankTable& table) {
  if (table.ranks.empty()) return {};
  std::vector<std::optional<double>> means(table.ranks[0].size());
  for (size_t model = 0; model < means.size(); ++model) {
    double sum = 0.0;
    int64_t count = 0;
    for (const auto& ranks : table.ranks) {
      if (!ranks[model]) continue;
      sum += *ranks[model];
      ++count;
    }
    if (count > 0) means[model] = sum / static_cast<double>(count);
  }
  return means;
}

}  // namespace tuneval
