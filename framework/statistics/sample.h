#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tuneval {

/// What every function of this room asks of its input; each throws Error naming `what`.
void require_finite(std::span<const double> values, std::string_view what);
void require_same_length(size_t first, size_t second, std::string_view what);
/// 0 < share < 1, as a level of confidence, a power or a probability of error.
void require_share(double share, std::string_view what);
/// 0 ≤ count ≤ total.
void require_count(int64_t count, int64_t total, std::string_view what);

/// Σ x / n; of at least one value.
double mean_of(std::span<const double> values);
/// Σ (x − x̄)² / (n − 1), in two passes; of at least two values. Exactly 0 where all are equal.
double variance_of(std::span<const double> values);
/// The quantile between order statistics, linear (type 7 of Hyndman and Fan 1996, NumPy's default):
/// at place share · (n − 1) of the ascending values. At least one value; share in [0, 1].
double quantile_of_sorted(std::span<const double> ascending, double share);

/// Φ(z) and its inverse. The inverse of 0 is −∞, of 1 is ∞.
double normal_cdf(double z);
double normal_quantile(double share);
/// The quantile of Student's t with these degrees of freedom, above 0.
double student_quantile(double share, double degrees);

}  // namespace tuneval
