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

/// Of models in the order of their mean ranks, ascending.
using Places = std::vector<size_t>;

/// The longest runs of places in which no two are apart.
std::vector<Places> runs(size_t count, const Apart& apart) {
  std::vector<Places> groups;
  size_t covered = 0;  // places up to here are in a group
  // [first, last) has no two apart; `first` moves on as far as each new place demands.
  for (size_t first = 0, last = 0; first < count; ++first) {
    const auto joins = [&](size_t place) {
      for (size_t one = first; one < place; ++one) {
        if (apart(one, place)) return false;
      }
      return true;
    };
    while (last < count && joins(last)) ++last;
    if (last <= covered) continue;  // within the group before
    Places& group = groups.emplace_back(last - first);
    std::iota(group.begin(), group.end(), first);
    covered = last;
  }
  return groups;
}

bool contains(const Places& group, size_t place) {
  return std::ranges::binary_search(group, place);
}

/// The group that begins with two places and takes in, by their order, all that are apart from
/// none of it.
Places grown_from(size_t first, size_t second, size_t count, const Apart& apart) {
  Places group = {first, second};
  for (size_t place = 0; place < count; ++place) {
    const auto suits = [&](size_t one) { return one != place && !apart(one, place); };
    if (std::ranges::all_of(group, suits)) group.push_back(place);
  }
  std::ranges::sort(group);
  return group;
}

/// Tests of pairs, unlike ranks, may tell the first from the second and not from the third: such
/// pairs are in no run.
void add_beyond_runs(size_t count, const Apart& apart, std::vector<Places>& groups) {
  for (size_t first = 0; first < count; ++first) {
    for (size_t second = first + 1; second < count; ++second) {
      const auto has_both = [&](const Places& group) {
        return contains(group, first) && contains(group, second);
      };
      if (apart(first, second) || std::ranges::any_of(groups, has_both)) continue;
      groups.push_back(grown_from(first, second, count, apart));
    }
  }
}

/// Without groups that lie within another one, and in order.
void keep_largest(std::vector<Places>& groups) {
  std::ranges::sort(groups);
  groups.erase(std::ranges::unique(groups).begin(), groups.end());
  const std::vector<Places> all = groups;
  std::erase_if(groups, [&](const Places& one) {
    return std::ranges::any_of(all, [&](const Places& other) {
      return other.size() > one.size() && std::ranges::includes(other, one);
    });
  });
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
  const Apart apart_by_place = [&](size_t first, size_t second) {
    return apart(order[first], order[second]);
  };
  std::vector<Places> groups = runs(order.size(), apart_by_place);
  add_beyond_runs(order.size(), apart_by_place, groups);
  keep_largest(groups);
  for (Places& group : groups) {
    for (size_t& place : group) place = order[place];
  }
  return groups;
}

}  // namespace tuneval
