#include "framework/compare/paired_examples.h"

#include "framework/statistics/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace tuneval {
namespace {

/// One scoring's rows under a metric.
struct Side {
  std::span<const PredictionRow> rows;
  std::vector<ExampleValue> scores;
  std::vector<std::optional<double>> values;  ///< what is compared: scores, or what rows do
  bool is_jackknife = false;                  ///< whether they are what rows do
  double shift = 0.0;                         ///< the metric's value − the mean of `values`
};

std::vector<double> present(const std::vector<std::optional<double>>& values) {
  std::vector<double> there;
  for (const auto& value : values) {
    if (value) there.push_back(*value);
  }
  return there;
}

/// None where a scored row does not tell what it does to the value.
std::optional<std::vector<std::optional<double>>> jackknife_of(const Side& side,
                                                               const std::string& metric) {
  std::vector<std::optional<double>> values(side.rows.size());
  for (size_t i = 0; i < side.rows.size(); ++i) {
    if (!side.scores[i].value) continue;
    const auto& all = side.rows[i].jackknife;
    const auto found = std::ranges::find(all, metric, &std::pair<std::string, double>::first);
    if (found == all.end()) return std::nullopt;
    values[i] = found->second;
  }
  return values;
}

/// None where the rows do not explain the metric's value.
std::optional<Side> side_of(std::span<const PredictionRow> rows, const MetricValue& metric) {
  Side side;
  side.rows = rows;
  side.scores = values_of(rows, metric.name);
  for (const ExampleValue& score : side.scores) side.values.push_back(score.value);
  const std::vector<double> scores = present(side.values);
  if (scores.empty()) return std::nullopt;
  if (std::abs(mean_of(scores) - metric.value) < 1e-9) return side;
  auto jackknife = jackknife_of(side, metric.name);
  if (!jackknife) return std::nullopt;
  side.values = std::move(*jackknife);
  side.is_jackknife = true;
  side.shift = metric.value - mean_of(present(side.values));
  return side;
}

/// Places of the same example in both, in the order of the first. A line that gave several examples
/// (the answers of a conversation) has them in one order.
std::vector<std::pair<size_t, size_t>> places(const Side& first, const Side& second) {
  std::multimap<std::pair<std::string, std::vector<std::string>>, size_t> where;
  for (size_t i = 0; i < second.rows.size(); ++i) {
    where.emplace(std::pair(second.scores[i].where, second.rows[i].references), i);
  }
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t i = 0; i < first.rows.size(); ++i) {
    // lower_bound, not find: of several equal ones the one that came first.
    const std::pair key(first.scores[i].where, first.rows[i].references);
    const auto found = where.lower_bound(key);
    if (found == where.end() || found->first != key) continue;
    pairs.emplace_back(i, found->second);
    where.erase(found);
  }
  return pairs;
}

/// The pairs that both scored.
struct Pairs {
  std::vector<double> first, second, differences;  ///< second − first
  std::vector<std::string> groups;
  std::vector<ExampleValue> first_scores, second_scores;

  bool is_grouped() const {
    return std::ranges::any_of(groups, [](const std::string& name) { return !name.empty(); });
  }
  bool is_binary() const {
    const auto fits = [](double value) { return value == 0.0 || value == 1.0; };
    return std::ranges::all_of(first, fits) && std::ranges::all_of(second, fits);
  }
};

Pairs pairs_of(const Side& first, const Side& second) {
  Pairs pairs;
  for (const auto& [i, j] : places(first, second)) {
    if (!first.values[i] || !second.values[j]) continue;
    pairs.first.push_back(*first.values[i]);
    pairs.second.push_back(*second.values[j]);
    pairs.differences.push_back(*second.values[j] - *first.values[i]);
    pairs.groups.push_back(first.rows[i].group);
    pairs.first_scores.push_back(first.scores[i]);
    pairs.second_scores.push_back(second.scores[j]);
  }
  return pairs;
}

/// McNemar's exact test of single rows that are right or wrong, sign flips of other scores; of what
/// rows do to a value the bootstrap's own.
void test(const Pairs& pairs, bool is_jackknife, const CompareOptions& options,
          PairedResult& result) {
  BootstrapOptions bootstrap;
  bootstrap.resamples = options.resamples;
  bootstrap.level = options.level;
  bootstrap.seed = options.seed;
  const auto resampled = paired_bootstrap(pairs.second, pairs.first, pairs.groups, bootstrap);
  if (resampled) result.interval = resampled->interval;
  if (is_jackknife) {
    result.test = "bootstrap";
    if (resampled) result.p = resampled->p;
    return;
  }
  if (pairs.is_binary()) result.counts = count_pairs(pairs.second, pairs.first);
  if (result.counts && !pairs.is_grouped()) {
    result.test = "mcnemar";
    result.p = mcnemar_exact(result.counts->only_first, result.counts->only_second);
    return;
  }
  result.test = "sign_flips";
  PermutationOptions flips;
  flips.draws = options.resamples;
  flips.seed = options.seed;
  result.p = sign_flip_test(pairs.differences, pairs.groups, flips).p;
}

}  // namespace

ExampleComparison compare_examples(std::span<const PredictionRow> first, const MetricValue& one,
                                   std::span<const PredictionRow> second, const MetricValue& other,
                                   const CompareOptions& options) {
  const std::optional<Side> left = side_of(first, one), right = side_of(second, other);
  if (!left || !right) {
    return {{},
            {},
            "the score is no mean of its examples' scores, and the predictions do not say "
            "what each does to it"};
  }
  const Pairs pairs = pairs_of(*left, *right);
  const size_t rows = pairs.differences.size();
  if (rows < 2) return {{}, {}, "the test examples are not the same ones"};
  ExampleComparison comparison;
  comparison.changes = agreement(pairs.first_scores, pairs.second_scores, one);
  PairedResult& result = comparison.paired.emplace();
  result.rows = int64_t(rows);
  test(pairs, left->is_jackknife || right->is_jackknife, options, result);
  const double shift = right->shift - left->shift;
  result.difference = mean_of(pairs.differences) + shift;
  if (result.interval) {
    result.interval = Interval{result.interval->low + shift, result.interval->high + shift};
  }
  const size_t all = std::max(present(left->values).size(), present(right->values).size());
  if (rows < all) comparison.note = fmt::format("{} of {} examples are in both", rows, all);
  return comparison;
}

}  // namespace tuneval
