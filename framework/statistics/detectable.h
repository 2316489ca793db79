#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// What a test set is to be able to show.
struct PowerOptions {
  double power = 0.8;   ///< the chance to find the difference where it is there
  double alpha = 0.05;  ///< of finding one where there is none; two-sided
};

// Of two models on different rows (or on the same ones, ignoring that): the test of two proportions
// with pooled variance under no difference. With d = p₂ − p₁, p̄ their mean, z = Φ⁻¹(1 − α/2),
// σ₀² = 2·p̄·(1 − p̄), σ₁² = p₁(1 − p₁) + p₂(1 − p₂) and n rows each:
// power = Φ((|d|√n − z·σ₀)/σ₁) + Φ((−|d|√n − z·σ₀)/σ₁). Fleiss, Levin, Paik 2003, chapter 4.

double power_unpaired(double first, double second, double rows, double alpha = 0.05);

/// The smallest differences from `share` that n rows each show; none where even 1, or 0, is too
/// near. Error unless share is in [0, 1]; none at all for n = 0.
struct Detectable {
  std::optional<double> above, below;  ///< distances, both positive
};
Detectable detectable_unpaired(double share, int64_t rows, const PowerOptions& options = {});

/// The rows that each model needs for these two shares; none where they are equal, or need more
/// than 10¹².
std::optional<int64_t> rows_needed_unpaired(double first, double second,
                                            const PowerOptions& options = {});

// Of two models on the same rows: McNemar's test. With d the difference of the proportions and
// `discordant` the share ψ of rows on which one is right and the other wrong (|d| ≤ ψ):
// power = Φ((|d|√n − z√ψ)/√(ψ − d²)) + Φ((−|d|√n − z√ψ)/√(ψ − d²)). Connor, Biometrics 43 (1987).

double power_paired(double discordant, double difference, double rows, double alpha = 0.05);

/// The smallest difference that n rows show; none where even ψ, one model right on every row on
/// which they differ, is too small to be seen.
std::optional<double> detectable_paired(double discordant, int64_t rows,
                                        const PowerOptions& options = {});

/// The rows needed to show a difference d ≠ 0; none where d is 0 or needs more than 10¹² rows.
std::optional<int64_t> rows_needed_paired(double discordant, double difference,
                                          const PowerOptions& options = {});

/// How far two scores, each the mean of `seeds` seeds, come apart by seed alone in all but 1 −
/// level of cases: t((1 + level)/2, ν) · s · √(2 / seeds), s² = Σ (x − x̄)² / ν pooled over cells
/// that were repeated with other seeds, ν = Σ (repeats − 1). A smaller difference decides nothing.
/// None where no cell was repeated.
std::optional<double> noise_floor(std::span<const std::vector<double>> repeats, int64_t seeds = 1,
                                  double level = 0.95);

}  // namespace tuneval
