#pragma once

#include "framework/statistics/resampler.h"
#include "framework/statistics/statistics.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// What is computed of rows, given as indexes, of which some may come several times: a metric's
/// aggregate, say. Must be finite for every draw.
using RowStatistic = std::function<double(std::span<const size_t> rows)>;

/// The mean of these rows' values, which must outlive it.
RowStatistic mean_over(std::span<const double> values);

enum class BootstrapMethod {
  percentile,  ///< the quantiles of the replicates: Efron 1979
  bca,         ///< corrected for bias and for a spread that changes with the value: Efron 1987
};

struct BootstrapOptions {
  BootstrapMethod method = BootstrapMethod::percentile;
  int64_t resamples = 10'000;
  double level = 0.95;
  uint64_t seed = 123;
};

/// The statistic of `resamples` draws of units, in the order drawn. The same seed gives the same
/// draws for every statistic, so models on the same rows are compared on the same draws.
std::vector<double> bootstrap_replicates(const Resampler& rows, const RowStatistic& statistic,
                                         const BootstrapOptions& options);

/// From the (1 − level)/2 to the (1 + level)/2 quantile of the replicates, at least one.
Interval percentile_interval(std::vector<double> replicates, double level);

/// The quantiles Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))), z = ±Φ⁻¹((1 + level)/2). z₀ = Φ⁻¹ of the share
/// of replicates below the estimate, equal ones counted half; a = Σ d³ / (6 (Σ d²)^1.5), d = mean −
/// each of `left_out`, the statistic without one unit (or one block) at a time. Where no replicate,
/// or every one, is below the estimate, z₀ is not finite, and the percentile interval is given
/// instead. Efron, JASA 82 (1987); Efron and Tibshirani 1993, chapter 14.
Interval bca_interval(std::vector<double> replicates, double estimate,
                      std::span<const double> left_out, double level);

/// The interval by `options.method` that these replicates of the statistic over the rows give.
/// `bca` leaves out single units up to 1,000 of them, then a thousandth at a time.
Interval interval_from(std::vector<double> replicates, const Resampler& rows,
                       const RowStatistic& statistic, const BootstrapOptions& options);

/// The interval of a statistic over rows, whole groups drawn where there are groups. None for fewer
/// than two units, which have no spread to see.
std::optional<Interval> bootstrap_interval(const Resampler& rows, const RowStatistic& statistic,
                                           const BootstrapOptions& options = {});

/// The same of a mean, over rows or over tasks (one value a task). Where all values are equal, all
/// replicates are, and the interval has no width: of k = n right answers Wilson's says more.
std::optional<Interval> bootstrap_mean_interval(std::span<const double> values,
                                                std::span<const std::string> groups = {},
                                                const BootstrapOptions& options = {});

}  // namespace tuneval
