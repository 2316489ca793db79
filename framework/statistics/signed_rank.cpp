#include "framework/statistics/signed_rank.h"

#include "framework/statistics/ranks.h"
#include "framework/statistics/sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace tuneval {
namespace {

/// The ranks of the differences other than 0, and the moments of their sum.
struct SignedRanks {
  std::vector<double> above, below;
  double mean = 0.0, variance = 0.0;  ///< of either sum, where signs are by chance
};

double squares_to(double n) { return n * (n + 1.0) * (2.0 * n + 1.0); }

SignedRanks rank_differences(std::span<const double> differences, ZeroRule zeros) {
  std::vector<double> kept;
  for (const double value : differences) {
    if (zeros == ZeroRule::pratt || value != 0.0) kept.push_back(value);
  }
  std::vector<double> sizes;
  for (const double value : kept) sizes.push_back(std::abs(value));
  const std::vector<double> ranks = ranks_of(sizes, TieRule::average, /*higher_is_better=*/false);
  SignedRanks result;
  std::map<double, double> ties;  // how many have a rank
  double zero_count = 0.0;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] == 0.0) {
      ++zero_count;
    } else {
      (kept[i] > 0.0 ? result.above : result.below).push_back(ranks[i]);
      ++ties[ranks[i]];
    }
  }
  const auto n = static_cast<double>(kept.size());
  result.mean = (n * (n + 1.0) - zero_count * (zero_count + 1.0)) / 4.0;
  result.variance = (squares_to(n) - squares_to(zero_count)) / 24.0;
  for (const auto& [rank, t] : ties) result.variance -= (t * t * t - t) / 48.0;
  return result;
}

double sum_of(const std::vector<double>& ranks) {
  double sum = 0.0;
  for (const double rank : ranks) sum += rank;
  return sum;
}

/// P(sum ≤ limit), each rank in the sum or not like a coin. Average ranks are halves, so twice a
/// rank is whole.
double chance_of_at_most(const SignedRanks& ranks, double limit) {
  std::vector<size_t> doubled;
  for (const auto* side : {&ranks.above, &ranks.below}) {
    for (const double rank : *side) doubled.push_back(static_cast<size_t>(std::lround(2.0 * rank)));
  }
  const auto most = static_cast<size_t>(std::lround(2.0 * limit));
  std::vector<double> chance(most + 1, 0.0);
  chance[0] = 1.0;
  for (const size_t rank : doubled) {
    for (size_t sum = most + 1; sum-- > 0;) {
      chance[sum] = 0.5 * (chance[sum] + (sum >= rank ? chance[sum - rank] : 0.0));
    }
  }
  double total = 0.0;
  for (const double one : chance) total += one;
  return total;
}

}  // namespace

SignedRankTest signed_rank_test(std::span<const double> differences, ZeroRule zeros,
                                SignedRankMethod method) {
  require_finite(differences, "differences");
  const SignedRanks ranks = rank_differences(differences, zeros);
  SignedRankTest test;
  test.n = static_cast<int64_t>(ranks.above.size() + ranks.below.size());
  test.rank_sum_above = sum_of(ranks.above);
  test.rank_sum_below = sum_of(ranks.below);
  test.exact = method == SignedRankMethod::exact ||
               (method == SignedRankMethod::automatic && test.n <= kExactSignedRanks);
  if (test.n == 0) return test;
  const double smaller = std::min(test.rank_sum_above, test.rank_sum_below);
  if (test.exact) {
    test.p = std::min(1.0, 2.0 * chance_of_at_most(ranks, smaller));
  } else {
    const double z = (smaller - ranks.mean) / std::sqrt(ranks.variance);
    test.p = std::min(1.0, 2.0 * normal_cdf(z));
  }
  return test;
}

}  // namespace tuneval
