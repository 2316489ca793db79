#include "framework/statistics/bootstrap.h"

#include "framework/statistics/sample.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuneval {
namespace {

constexpr size_t kMostBlocks = 1000;

double checked(double value) {
  if (std::isfinite(value)) return value;
  throw Error(fmt::format("a statistic of drawn rows: found {}, expected a finite number", value));
}

void require_options(const BootstrapOptions& options) {
  require_share(options.level, "the level of an interval");
  if (options.resamples < 1) {
    throw Error(fmt::format("resamples: found {}, expected at least 1", options.resamples));
  }
}

std::vector<double> leave_out_blocks(const Resampler& rows, const RowStatistic& statistic) {
  const size_t units = rows.units(), blocks = std::min(units, kMostBlocks);
  std::vector<double> left_out;
  std::vector<size_t> kept;
  for (size_t i = 0; i < blocks; ++i) {
    rows.leave_out(i * units / blocks, (i + 1) * units / blocks, kept);
    left_out.push_back(checked(statistic(kept)));
  }
  return left_out;
}

/// The share of values below, equal ones counted half.
double share_below(std::span<const double> values, double limit) {
  const auto below = std::ranges::count_if(values, [&](double value) { return value < limit; });
  const auto equal = std::ranges::count(values, limit);
  return (static_cast<double>(below) + 0.5 * static_cast<double>(equal)) /
         static_cast<double>(values.size());
}

double acceleration(std::span<const double> left_out) {
  const double mean = mean_of(left_out);
  double squares = 0.0, cubes = 0.0;
  for (const double value : left_out) {
    const double d = mean - value;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares > 0.0 ? cubes / (6.0 * std::pow(squares, 1.5)) : 0.0;
}

/// Where the quantile z of an interval lies among the replicates.
double corrected_share(double bias, double accelerated, double z) {
  const double scale = 1.0 - accelerated * (bias + z);
  if (scale <= 0.0) return bias + z > 0.0 ? 1.0 : 0.0;  // what the shift goes to before it breaks
  return normal_cdf(bias + (bias + z) / scale);
}

}  // namespace

RowStatistic mean_over(std::span<const double> values) {
  return [values](std::span<const size_t> rows) {
    double sum = 0.0;
    for (const size_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
}

std::vector<double> bootstrap_replicates(const Resampler& rows, const RowStatistic& statistic,
                                         const BootstrapOptions& options) {
  require_options(options);
  Draws draws(options.seed);
  std::vector<size_t> drawn;
  std::vector<double> replicates;
  replicates.reserve(static_cast<size_t>(options.resamples));
  for (int64_t i = 0; i < options.resamples; ++i) {
    rows.draw(draws, drawn);
    replicates.push_back(checked(statistic(drawn)));
  }
  return replicates;
}

Interval percentile_interval(std::vector<double> replicates, double level) {
  std::ranges::sort(replicates);
  return {quantile_of_sorted(replicates, (1.0 - level) / 2.0),
          quantile_of_sorted(replicates, (1.0 + level) / 2.0)};
}

Interval bca_interval(std::vector<double> replicates, double estimate,
                      std::span<const double> left_out, double level) {
  const double bias = normal_quantile(share_below(replicates, estimate));
  if (!std::isfinite(bias)) return percentile_interval(std::move(replicates), level);
  const double accelerated = acceleration(left_out);
  const double z = normal_quantile((1.0 + level) / 2.0);
  std::ranges::sort(replicates);
  return {quantile_of_sorted(replicates, corrected_share(bias, accelerated, -z)),
          quantile_of_sorted(replicates, corrected_share(bias, accelerated, z))};
}

Interval interval_from(std::vector<double> replicates, const Resampler& rows,
                       const RowStatistic& statistic, const BootstrapOptions& options) {
  if (options.method == BootstrapMethod::percentile) {
    return percentile_interval(std::move(replicates), options.level);
  }
  return bca_interval(std::move(replicates), checked(statistic(rows.all())),
                      leave_out_blocks(rows, statistic), options.level);
}

std::optional<Interval> bootstrap_interval(const Resampler& rows, const RowStatistic& statistic,
                                           const BootstrapOptions& options) {
  require_options(options);
  if (rows.units() < 2) return std::nullopt;
  return interval_from(bootstrap_replicates(rows, statistic, options), rows, statistic, options);
}

std::optional<Interval> bootstrap_mean_interval(std::span<const double> values,
                                                std::span<const std::string> groups,
                                                const BootstrapOptions& options) {
  require_finite(values, "values of a mean");
  return bootstrap_interval(Resampler(values.size(), groups), mean_over(values), options);
}

}  // namespace tuneval
