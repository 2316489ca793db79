#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// How scores spread over seeds: what a cell shows that was run several times.
struct SeedSpread {
  double mean = 0.0, least = 0.0, most = 0.0;
  double deviation = 0.0;  ///< s, of divisor n − 1
  int64_t seeds = 0;
};
/// None for fewer than two seeds.
std::optional<SeedSpread> seed_spread(std::span<const double> scores);

/// Variances apart, of a cell that was tuned with several seeds. An estimate below 0 is 0.
struct VarianceParts {
  double seed = 0.0;       ///< between seeds: of a score on endlessly many rows
  double rows = 0.0;       ///< between rows: what a larger test set would shrink
  double rest = 0.0;       ///< seed and row together, not told from chance
  double mean_rows = 0.0;  ///< rows a seed; the n₀ below where they differ
  int64_t seeds = 0;

  /// Of the mean score over this many seeds and rows: seed/m + rows/n + rest/(m·n).
  double of_mean(double seed_count, double row_count) const {
    return seed / seed_count + rows / row_count + rest / (seed_count * row_count);
  }
};

/// Every seed on the same rows, `scores` by seed and row: two-way random effects without repeats.
/// With m seeds, n rows: seed = (MS_seed − MS_rest)/n, rows = (MS_rows − MS_rest)/m, rest =
/// MS_rest. This is the case of one test set; the one-way analysis would take what rows have in
/// common over seeds for noise, and see too little of the seed. None for fewer than two seeds or
/// rows; Error where seeds have unlike numbers of rows. Searle, Casella, McCulloch 1992, chapter 4.
std::optional<VarianceParts> variance_same_rows(std::span<const std::vector<double>> scores);

/// Every seed on rows of its own (a draw of its own, or generated anew): one-way random effects.
/// seed = (MS_between − MS_within)/n₀, rest = MS_within, rows = 0, with
/// n₀ = (N − Σ nᵢ²/N)/(m − 1). None unless two seeds have rows, and one of them two. Searle,
/// Casella, McCulloch 1992, chapter 3.
std::optional<VarianceParts> variance_own_rows(std::span<const std::vector<double>> scores);

}  // namespace tuneval
