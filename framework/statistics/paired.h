#pragma once

#include "framework/statistics/bootstrap.h"
#include "framework/statistics/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tuneval {

// Two models (or a model before and after tuning) on the same rows. All p-values are two-sided.

/// How often each of two was right on the same rows.
struct PairedCounts {
  int64_t both = 0, only_first = 0, only_second = 0, neither = 0;

  int64_t rows() const { return both + only_first + only_second + neither; }
  bool operator==(const PairedCounts&) const = default;
};

/// Counts a score of `right` or more as right. Error where the lengths differ.
PairedCounts count_pairs(std::span<const double> first, std::span<const double> second,
                         double right = 1.0);

/// The exact test of McNemar, Psychometrika 12 (1947): rows on which the two differ fall to either
/// side like a coin. p = min(1, 2 · P(X ≤ min(b, c))), X ~ Bin(b + c, ½); 1 where they never
/// differ.
double mcnemar_exact(int64_t only_first, int64_t only_second);

/// The same, with half the probability of what was seen: p = 2 · P(X ≤ min(b, c)) − P(X = min(b,
/// c)). Less cautious; its error rate hardly ever passes the nominal one. Fagerland, Lydersen,
/// Laake, BMC Medical Research Methodology 13 (2013).
double mcnemar_mid_p(int64_t only_first, int64_t only_second);

/// The sign test of differences: the exact test of McNemar on how many are above and below 0; zeros
/// are left out.
double sign_test(std::span<const double> differences);

struct PermutationOptions {
  size_t exact_up_to = 20;  ///< units that differ; all 2ⁿ sign patterns are then gone through
  int64_t draws = 100'000;  ///< otherwise: random ones
  uint64_t seed = 123;
};

struct PermutationTest {
  double p = 1.0;
  bool exact = true;
  int64_t units = 0;  ///< rows, or groups, whose summed difference is not 0
};

/// Fisher's sign-flip test of a mean difference of 0: the share of sign patterns whose |Σ ± d| is
/// at least that seen; rows of one group flip together. Drawn patterns give (1 + hits) / (1 +
/// draws), never 0: Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9
/// (2010).
PermutationTest sign_flip_test(std::span<const double> differences,
                               std::span<const std::string> groups = {},
                               const PermutationOptions& options = {});

struct PairedDifference {
  double difference = 0.0;  ///< first − second
  Interval interval;
  double p = 1.0;  ///< of no difference, by the replicates on the other side of 0
};

/// The difference of a statistic of the same drawn rows: both models see one draw, so what is hard
/// for both cancels. p = min(1, 2 · (1 + m) / (1 + resamples)), m the fewer of the replicates ≤ 0
/// and ≥ 0. None for fewer than two units. Efron and Tibshirani 1993, chapters 8 and 15.
std::optional<PairedDifference> paired_bootstrap(const Resampler& rows, const RowStatistic& first,
                                                 const RowStatistic& second,
                                                 const BootstrapOptions& options = {});

/// The same of mean scores.
std::optional<PairedDifference> paired_bootstrap(std::span<const double> first,
                                                 std::span<const double> second,
                                                 std::span<const std::string> groups = {},
                                                 const BootstrapOptions& options = {});

}  // namespace tuneval
