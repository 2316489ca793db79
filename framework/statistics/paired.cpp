#include "framework/statistics/paired.h"

#include "framework/statistics/sample.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tuneval {
namespace {

// Sums of the same numbers in another order differ in their last digits; patterns this close to the
// one seen count as equal to it.
constexpr double kRounding = 1e-12;

boost::math::binomial_distribution<double> coins(int64_t only_first, int64_t only_second) {
  if (only_first < 0 || only_second < 0) {
    throw Error(fmt::format("rows only one of two is right on: found {} and {}, expected counts",
                            only_first, only_second));
  }
  return {static_cast<double>(only_first + only_second), 0.5};
}

/// The absolute value of each unit's summed difference, without zeros.
std::vector<double> unit_sizes(std::span<const double> differences, const Resampler& rows,
                               double& seen) {
  std::vector<double> sizes;
  seen = 0.0;
  for (size_t i = 0; i < rows.units(); ++i) {
    double sum = 0.0;
    for (const size_t row : rows.unit(i)) sum += differences[row];
    seen += sum;
    if (sum != 0.0) sizes.push_back(std::abs(sum));
  }
  seen = std::abs(seen);
  return sizes;
}

/// Of the 2ⁿ ways to sign the sizes, how many reach `limit` on top of `sum`.
int64_t patterns_beyond(std::span<const double> sizes, double sum, double limit) {
  if (sizes.empty()) return std::abs(sum) >= limit ? 1 : 0;
  return patterns_beyond(sizes.subspan(1), sum + sizes[0], limit) +
         patterns_beyond(sizes.subspan(1), sum - sizes[0], limit);
}

int64_t draws_beyond(std::span<const double> sizes, double limit,
                     const PermutationOptions& options) {
  Draws draws(options.seed);
  int64_t hits = 0;
  for (int64_t i = 0; i < options.draws; ++i) {
    double sum = 0.0;
    uint64_t bits = 0;
    for (size_t unit = 0; unit < sizes.size(); ++unit) {
      bits = unit % 64 == 0 ? draws.bits() : bits >> 1;
      sum += (bits & 1) != 0 ? sizes[unit] : -sizes[unit];
    }
    if (std::abs(sum) >= limit) ++hits;
  }
  return hits;
}

}  // namespace

PairedCounts count_pairs(std::span<const double> first, std::span<const double> second,
                         double right) {
  require_same_length(first.size(), second.size(), "scores of two models");
  require_finite(first, "scores");
  require_finite(second, "scores");
  PairedCounts counts;
  for (size_t i = 0; i < first.size(); ++i) {
    const bool one = first[i] >= right, other = second[i] >= right;
    ++(one ? (other ? counts.both : counts.only_first)
           : (other ? counts.only_second : counts.neither));
  }
  return counts;
}

double mcnemar_exact(int64_t only_first, int64_t only_second) {
  const auto distribution = coins(only_first, only_second);
  const auto fewer = static_cast<double>(std::min(only_first, only_second));
  return std::min(1.0, 2.0 * boost::math::cdf(distribution, fewer));
}

double mcnemar_mid_p(int64_t only_first, int64_t only_second) {
  const auto distribution = coins(only_first, only_second);
  if (only_first == only_second) return 1.0;
  const auto fewer = static_cast<double>(std::min(only_first, only_second));
  return 2.0 * boost::math::cdf(distribution, fewer) - boost::math::pdf(distribution, fewer);
}

double sign_test(std::span<const double> differences) {
  require_finite(differences, "differences");
  const auto above = std::ranges::count_if(differences, [](double value) { return value > 0.0; });
  const auto below = std::ranges::count_if(differences, [](double value) { return value < 0.0; });
  return mcnemar_exact(above, below);
}

PermutationTest sign_flip_test(std::span<const double> differences,
                               std::span<const std::string> groups,
                               const PermutationOptions& options) {
  require_finite(differences, "differences");
  if (options.draws < 1) {
    throw Error(
        fmt::format("draws of sign patterns: found {}, expected at least 1", options.draws));
  }
  double seen = 0.0;
  const std::vector<double> sizes =
      unit_sizes(differences, Resampler(differences.size(), groups), seen);
  PermutationTest test;
  test.units = static_cast<int64_t>(sizes.size());
  if (sizes.empty()) return test;
  double total = 0.0;
  for (const double size : sizes) total += size;
  const double limit = seen - kRounding * total;
  test.exact = sizes.size() <= std::min<size_t>(options.exact_up_to, 30);
  if (test.exact) {
    // Patterns come in pairs of opposite sums: the first sign can stay.
    const int64_t beyond = patterns_beyond(std::span(sizes).subspan(1), sizes[0], limit);
    test.p = std::ldexp(static_cast<double>(beyond), 1 - static_cast<int>(sizes.size()));
  } else {
    test.p = static_cast<double>(1 + draws_beyond(sizes, limit, options)) /
             static_cast<double>(1 + options.draws);
  }
  return test;
}

std::optional<PairedDifference> paired_bootstrap(const Resampler& rows, const RowStatistic& first,
                                                 const RowStatistic& second,
                                                 const BootstrapOptions& options) {
  const RowStatistic difference = [&](std::span<const size_t> drawn) {
    return first(drawn) - second(drawn);
  };
  if (rows.units() < 2) return std::nullopt;
  const std::vector<double> replicates = bootstrap_replicates(rows, difference, options);
  PairedDifference result;
  result.difference = difference(rows.all());
  result.interval = interval_from(replicates, rows, difference, options);
  const auto down = std::ranges::count_if(replicates, [](double value) { return value <= 0.0; });
  const auto up = std::ranges::count_if(replicates, [](double value) { return value >= 0.0; });
  result.p = std::min(1.0, 2.0 * static_cast<double>(1 + std::min(down, up)) /
                               static_cast<double>(1 + replicates.size()));
  return result;
}

std::optional<PairedDifference> paired_bootstrap(std::span<const double> first,
                                                 std::span<const double> second,
                                                 std::span<const std::string> groups,
                                                 const BootstrapOptions& options) {
  require_same_length(first.size(), second.size(), "scores of two models");
  require_finite(first, "scores");
  require_finite(second, "scores");
  return paired_bootstrap(Resampler(first.size(), groups), mean_over(first), mean_over(second),
                          options);
}

}  // namespace tuneval
