#include "framework/statistics/equivalence.h"

#include "framework/statistics/sample.h"
#include "framework/statistics/search.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tuneval {
namespace {

double observed(const PairedCounts& counts) {
  return static_cast<double>(counts.only_first - counts.only_second) /
         static_cast<double>(counts.rows());
}

void require_counts(const PairedCounts& counts) {
  for (const int64_t count : {counts.both, counts.only_first, counts.only_second, counts.neither}) {
    if (count < 0) {
      throw Error(fmt::format("rows of two models: found {}, expected 0 or more", count));
    }
  }
}

void require_margin(const MarginOptions& options, double most) {
  if (!(options.margin >= 0.0 && options.margin < most)) {
    throw Error(fmt::format("the margin: found {}, expected 0 or more, and less than {}",
                            options.margin, most));
  }
  // The interval's level is 1 − 2·alpha.
  if (!(options.alpha > 0.0 && options.alpha < 0.5)) {
    throw Error(
        fmt::format("the one-sided probability of an error: found {}, expected a number "
                    "between 0 and 0.5",
                    options.alpha));
  }
}

}  // namespace

double tango_z(const PairedCounts& counts, double difference) {
  require_counts(counts);
  const auto n = static_cast<double>(counts.rows());
  const auto b = static_cast<double>(counts.only_first);
  const auto c = static_cast<double>(counts.only_second);
  const double linear = (2.0 * n - b + c) * difference - b - c;
  const double constant = -c * difference * (1.0 - difference);
  const double root = std::sqrt(std::max(0.0, linear * linear - 8.0 * n * constant));
  const double q = std::max(0.0, (root - linear) / (4.0 * n));
  const double variance = n * (2.0 * q + difference * (1.0 - difference));
  const double distance = b - c - n * difference;
  if (distance == 0.0) return 0.0;
  if (!(variance > 0.0)) return std::copysign(std::numeric_limits<double>::infinity(), distance);
  return distance / std::sqrt(variance);
}

std::optional<Interval> tango_interval(const PairedCounts& counts, double level) {
  require_counts(counts);
  require_share(level, "the level of an interval");
  if (counts.rows() == 0) return std::nullopt;
  const double z = normal_quantile(0.5 + level / 2.0), seen = observed(counts);
  // z(D) falls with D and is 0 at the difference seen.
  const auto up = [&](double difference) { return tango_z(counts, difference) < -z; };
  const auto down = [&](double difference) { return tango_z(counts, difference) <= z; };
  return Interval{seen <= -1.0 ? -1.0 : least_that(-1.0, seen, down),
                  seen >= 1.0 ? 1.0 : least_that(seen, 1.0, up)};
}

std::optional<NonInferiority> non_inferior_proportion(const PairedCounts& counts,
                                                      const MarginOptions& options) {
  require_margin(options, 1.0);
  const std::optional<Interval> interval = tango_interval(counts, 1.0 - 2.0 * options.alpha);
  if (!interval) return std::nullopt;
  NonInferiority result{observed(counts), *interval, 1.0, false};
  result.p = normal_cdf(-tango_z(counts, -options.margin));
  result.holds = interval->low > -options.margin;
  return result;
}

std::optional<NonInferiority> non_inferior_mean(std::span<const double> first,
                                                std::span<const double> second,
                                                std::span<const std::string> groups,
                                                const MarginOptions& options,
                                                const BootstrapOptions& bootstrap) {
  require_margin(options, std::numeric_limits<double>::infinity());
  require_same_length(first.size(), second.size(), "scores of two models");
  std::vector<double> differences;
  for (size_t i = 0; i < first.size(); ++i) differences.push_back(first[i] - second[i]);
  require_finite(differences, "differences of scores");
  const Resampler rows(differences.size(), groups);
  if (rows.units() < 2) return std::nullopt;
  BootstrapOptions drawing = bootstrap;
  drawing.level = 1.0 - 2.0 * options.alpha;
  const RowStatistic mean = mean_over(differences);
  const std::vector<double> replicates = bootstrap_replicates(rows, mean, drawing);
  const auto worse =
      std::ranges::count_if(replicates, [&](double value) { return value <= -options.margin; });
  NonInferiority result;
  result.difference = mean_of(differences);
  result.interval = interval_from(replicates, rows, mean, drawing);
  result.p = static_cast<double>(1 + worse) / static_cast<double>(1 + replicates.size());
  result.holds = result.interval.low > -options.margin;
  return result;
}

}  // namespace tuneval
