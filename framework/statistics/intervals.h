#pragma once

#include "framework/statistics/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tuneval {

// Of a proportion, k right of n. None for n = 0; Error unless 0 ≤ k ≤ n and 0 < level < 1. With
// z = Φ⁻¹((1 + level) / 2) and p = k / n:

/// The score interval: (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n). The one to use by
/// default: near the level for any n, sensible at k = 0 and k = n. Wilson, JASA 22 (1927).
std::optional<Interval> wilson_interval(int64_t k, int64_t n, double level = 0.95);

/// The exact interval, covering at least `level` whatever the proportion, mostly more: from
/// B(α/2; k, n − k + 1) to B(1 − α/2; k + 1, n − k), quantiles of the beta distribution; 0 at k =
/// 0, 1 at k = n. Clopper and Pearson, Biometrika 26 (1934).
std::optional<Interval> clopper_pearson_interval(int64_t k, int64_t n, double level = 0.95);

/// The equal-tailed Bayesian interval under Jeffreys' prior: B(α/2), B(1 − α/2) of
/// Beta(k + ½, n − k + ½); 0 at k = 0, 1 at k = n. Brown, Cai, DasGupta, Statistical Science 16
/// (2001).
std::optional<Interval> jeffreys_interval(int64_t k, int64_t n, double level = 0.95);

/// Wilson's interval of the mean of scores in [0, 1] whose rows come in groups (one conversation,
/// one passage; an empty name is a row by itself), at the effective number of rows n / max(1, D).
/// D is the design effect: the variance of the mean between groups, G/(G − 1) · Σ (sᵍ − p·mᵍ)² / n²
/// with sᵍ and mᵍ a group's sum and rows, over p(1 − p)/n. Where all scores are 0 or all 1, or
/// there is one group, D cannot be seen, and the effective number is that of the groups. Rao and
/// Scott, Biometrics 48 (1992).
std::optional<Interval> clustered_wilson_interval(std::span<const double> scores,
                                                  std::span<const std::string> groups,
                                                  double level = 0.95);

// Of a mean, x̄ ± q · s / √n with s² of divisor n − 1. None for fewer than two values.

/// q is Student's quantile with n − 1 degrees of freedom: exact where values are normal. Student,
/// Biometrika 6 (1908).
std::optional<Interval> student_mean_interval(std::span<const double> values, double level = 0.95);
/// q is the normal quantile: too narrow below some hundred values.
std::optional<Interval> normal_mean_interval(std::span<const double> values, double level = 0.95);

}  // namespace tuneval
