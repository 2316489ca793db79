#pragma once

#include <cstdint>
#include <span>

namespace tuneval {

/// What becomes of differences of 0.
enum class ZeroRule {
  wilcox,  ///< left out before ranking: Wilcoxon 1945
  pratt,   ///< ranked with the others, then left out: Pratt 1959
};

enum class SignedRankMethod {
  automatic,  ///< exact for at most kExactSignedRanks differences other than 0, else normal
  exact,
  normal,
};
inline constexpr int64_t kExactSignedRanks = 25;

struct SignedRankTest {
  double rank_sum_above = 0.0, rank_sum_below = 0.0;  ///< of differences above and below 0
  double p = 1.0;                                     ///< two-sided
  bool exact = true;
  int64_t n = 0;  ///< differences other than 0
};

/// Wilcoxon's signed-rank test, Biometrics Bulletin 1 (1945), of differences that lie evenly about
/// 0. |d| get average ranks. With T the smaller of the two rank sums:
///
/// - exact: p = min(1, 2 · P(T* ≤ T)) over all 2ⁿ ways to sign the ranks there are. Ties and
/// Pratt's
///   ranks are taken as they stand, so this is exact given them; without any it is the usual table.
/// - normal: p = 2 · Φ((T − μ)/σ), μ = (N(N + 1) − Z(Z + 1))/4 and
///   σ² = (N(N + 1)(2N + 1) − Z(Z + 1)(2Z + 1))/24 − Σ (t³ − t)/48 over ties of t ranks; N counts
///   the ranked differences, Z the zeros among them. No continuity correction.
///
/// Differences are compared as they are: round them first where equal ones may differ in the last
/// digit. All 0, or none at all: p = 1.
SignedRankTest signed_rank_test(std::span<const double> differences,
                                ZeroRule zeros = ZeroRule::wilcox,
                                SignedRankMethod method = SignedRankMethod::automatic);

}  // namespace tuneval
