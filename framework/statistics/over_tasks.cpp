#include "framework/statistics/over_tasks.h"

#include "framework/statistics/multiple.h"
#include "framework/statistics/ranks.h"
#include "framework/statistics/sample.h"
#include "framework/statistics/studentised_range.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace tuneval {
namespace {

/// How many models the table has.
size_t require_table(ModelTable table) {
  for (const std::vector<double>& row : table) {
    require_same_length(row.size(), table[0].size(), "models of two tasks");
    require_finite(row, "numbers of a task");
  }
  return table.empty() ? 0 : table[0].size();
}

/// Σ (t³ − t) over the sizes of ties.
double tie_excess(const std::vector<double>& ranks) {
  std::map<double, double> sizes;
  for (const double rank : ranks) ++sizes[rank];
  double excess = 0.0;
  for (const auto& [rank, t] : sizes) excess += t * t * t - t;
  return excess;
}

/// P(F ≥ f), for what lies beyond any F too.
double f_tail(double f, double numerator, double denominator) {
  if (!(denominator > 0.0)) return 1.0;
  if (std::isinf(f)) return 0.0;
  return boost::math::cdf(
      boost::math::complement(boost::math::fisher_f(numerator, denominator), f));
}

void fill_tests(FriedmanTest& test, double n, double k, double squares, double excess) {
  const double correction = 1.0 - excess / (n * k * (k * k - 1.0));
  if (!(correction > 0.0)) return;  // all ties
  test.chi_square = (12.0 / (n * k * (k + 1.0)) * squares - 3.0 * n * (k + 1.0)) / correction;
  test.chi_square = std::clamp(test.chi_square, 0.0, n * (k - 1.0));
  test.p =
      boost::math::cdf(boost::math::complement(boost::math::chi_squared(k - 1.0), test.chi_square));
  const double rest = n * (k - 1.0) - test.chi_square;
  // All tasks agree but for rounding: F is beyond any number.
  const bool agree = rest <= 1e-12 * n * k;
  test.f = agree ? std::numeric_limits<double>::infinity() : (n - 1.0) * test.chi_square / rest;
  test.f_p = f_tail(test.f, k - 1.0, (k - 1.0) * (n - 1.0));
}

}  // namespace

std::optional<FriedmanTest> friedman_test(ModelTable ranks) {
  const size_t models = require_table(ranks);
  if (models < 2) return std::nullopt;
  FriedmanTest test;
  test.mean_ranks.assign(models, 0.0);
  double excess = 0.0;
  for (const std::vector<double>& row : ranks) {
    const std::vector<double> again = ranks_of(row, TieRule::average, /*higher_is_better=*/false);
    excess += tie_excess(again);
    for (size_t model = 0; model < models; ++model) test.mean_ranks[model] += again[model];
  }
  double squares = 0.0;
  const auto n = static_cast<double>(ranks.size());
  for (double& sum : test.mean_ranks) {
    squares += sum * sum;
    sum /= n;
  }
  fill_tests(test, n, static_cast<double>(models), squares, excess);
  return test;
}

double nemenyi_critical_difference(int models, int64_t tasks, double alpha) {
  require_share(alpha, "the probability of an error");
  if (tasks < 1) throw Error(fmt::format("tasks: found {}, expected at least 1", tasks));
  const double q = normal_range_quantile(1.0 - alpha, models);
  const double k = models;
  return q / std::sqrt(2.0) * std::sqrt(k * (k + 1.0) / (6.0 * static_cast<double>(tasks)));
}

std::vector<PairTest> wilcoxon_holm(ModelTable scores, ZeroRule zeros) {
  const size_t models = require_table(scores);
  std::vector<PairTest> pairs;
  std::vector<double> p_values;
  for (size_t first = 0; first < models; ++first) {
    for (size_t second = first + 1; second < models; ++second) {
      std::vector<double> differences;
      for (const std::vector<double>& row : scores) {
        differences.push_back(round_difference(row[first] - row[second]));
      }
      p_values.push_back(signed_rank_test(differences, zeros).p);
      pairs.push_back({first, second, p_values.back(), 1.0});
    }
  }
  const std::vector<double> adjusted = holm(p_values);
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i].adjusted = adjusted[i];
  return pairs;
}

Apart apart_by_difference(std::span<const double> mean_ranks, double critical_difference) {
  return [=](size_t first, size_t second) {
    return std::abs(mean_ranks[first] - mean_ranks[second]) > critical_difference;
  };
}

Apart apart_by_pairs(std::span<const PairTest> pairs, double alpha) {
  std::map<std::pair<size_t, size_t>, bool> apart;
  for (const PairTest& pair : pairs) {
    apart[std::minmax(pair.first, pair.second)] = pair.adjusted < alpha;
  }
  return [told = std::move(apart)](size_t first, size_t second) {
    const auto found = told.find(std::minmax(first, second));
    return found != told.end() && found->second;
  };
}

std::vector<std::vector<size_t>> indistinguishable(std::span<const double> mean_ranks,
                                                   const Apart& apart) {
  require_finite(mean_ranks, "mean ranks");
  std::vector<size_t> order(mean_ranks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t model) { return mean_ranks[model]; });
  std::vector<std::vector<size_t>> groups;
  size_t covered = 0;  // places up to here are in a group
  // [first, last) has no two models apart; `first` moves on as far as each new model demands.
  for (size_t first = 0, last = 0; first < order.size(); ++first) {
    const auto joins = [&](size_t place) {
      return std::none_of(order.begin() + static_cast<std::ptrdiff_t>(first),
                          order.begin() + static_cast<std::ptrdiff_t>(place),
                          [&](size_t model) { return apart(model, order[place]); });
    };
    while (last < order.size() && joins(last)) ++last;
    if (last <= covered) continue;  // within the group before
    groups.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(first),
                        order.begin() + static_cast<std::ptrdiff_t>(last));
    covered = last;
  }
  return groups;
}

}  // namespace tuneval
