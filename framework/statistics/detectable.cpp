#include "framework/statistics/detectable.h"

#include "framework/statistics/sample.h"
#include "framework/statistics/search.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace tuneval {
namespace {

constexpr int64_t kMostRows = 1'000'000'000'000;

void require_options(const PowerOptions& options) {
  require_share(options.power, "the power of a test");
  require_share(options.alpha, "the probability of an error");
}

void require_between(double value, double low, double high, std::string_view what) {
  if (!(value >= low && value <= high)) {
    throw Error(fmt::format("{}: found {}, expected {} to {}", what, value, low, high));
  }
}

void require_rows(double rows) {
  if (!(rows >= 0.0)) throw Error(fmt::format("rows: found {}, expected 0 or more", rows));
}

/// The power of a normal test of `distance`, with one standard deviation where there is no
/// difference and another where there is.
double normal_power(double distance, double rows, double none, double some, double alpha) {
  const double reach = normal_quantile(1.0 - alpha / 2.0) * none;
  const double shift = std::abs(distance) * std::sqrt(rows);
  if (!(some > 0.0)) return shift > reach ? 1.0 : 0.0;  // every row says the same
  return normal_cdf((shift - reach) / some) + normal_cdf((-shift - reach) / some);
}

}  // namespace

double power_unpaired(double first, double second, double rows, double alpha) {
  require_between(first, 0.0, 1.0, "a proportion");
  require_between(second, 0.0, 1.0, "a proportion");
  require_rows(rows);
  require_share(alpha, "the probability of an error");
  const double pooled = (first + second) / 2.0;
  return normal_power(second - first, rows, std::sqrt(2.0 * pooled * (1.0 - pooled)),
                      std::sqrt(first * (1.0 - first) + second * (1.0 - second)), alpha);
}

Detectable detectable_unpaired(double share, int64_t rows, const PowerOptions& options) {
  require_between(share, 0.0, 1.0, "a proportion");
  require_rows(static_cast<double>(rows));
  require_options(options);
  const auto distance_towards = [&](double end) -> std::optional<double> {
    const auto shows = [&](double distance) {
      const double other =
          end > share ? std::min(1.0, share + distance) : std::max(0.0, share - distance);
      return power_unpaired(share, other, static_cast<double>(rows), options.alpha) >=
             options.power;
    };
    const double most = std::abs(end - share);
    if (!(most > 0.0) || rows == 0 || !shows(most)) return std::nullopt;
    return least_that(0.0, most, shows);
  };
  return {distance_towards(1.0), distance_towards(0.0)};
}

std::optional<int64_t> rows_needed_unpaired(double first, double second,
                                            const PowerOptions& options) {
  require_options(options);
  power_unpaired(first, second, 0.0, options.alpha);  // refuses what are no proportions
  if (first == second) return std::nullopt;
  return least_count_that(kMostRows, [&](int64_t rows) {
    return power_unpaired(first, second, static_cast<double>(rows), options.alpha) >= options.power;
  });
}

double power_paired(double discordant, double difference, double rows, double alpha) {
  require_between(discordant, 0.0, 1.0, "the share of rows on which two models differ");
  require_between(std::abs(difference), 0.0, discordant, "a difference of two models on the rows");
  require_rows(rows);
  require_share(alpha, "the probability of an error");
  const double variance = discordant - difference * difference;
  return normal_power(difference, rows, std::sqrt(discordant), std::sqrt(std::max(0.0, variance)),
                      alpha);
}

std::optional<double> detectable_paired(double discordant, int64_t rows,
                                        const PowerOptions& options) {
  require_options(options);
  const auto shows = [&](double difference) {
    return power_paired(discordant, difference, static_cast<double>(rows), options.alpha) >=
           options.power;
  };
  const bool most = shows(discordant);  // also refuses what are no proportions and no rows
  if (!most || rows == 0 || discordant == 0.0) return std::nullopt;
  return least_that(0.0, discordant, shows);
}

std::optional<int64_t> rows_needed_paired(double discordant, double difference,
                                          const PowerOptions& options) {
  require_options(options);
  power_paired(discordant, difference, 0.0, options.alpha);  // refuses what are no proportions
  if (difference == 0.0) return std::nullopt;
  return least_count_that(kMostRows, [&](int64_t rows) {
    return power_paired(discordant, difference, static_cast<double>(rows), options.alpha) >=
           options.power;
  });
}

std::optional<double> noise_floor(std::span<const std::vector<double>> repeats, int64_t seeds,
                                  double level) {
  require_share(level, "the level of a noise floor");
  if (seeds < 1) throw Error(fmt::format("seeds: found {}, expected at least 1", seeds));
  double squares = 0.0, degrees = 0.0;
  for (const std::vector<double>& scores : repeats) {
    require_finite(scores, "scores of several seeds");
    if (scores.size() < 2) continue;
    const auto more = static_cast<double>(scores.size() - 1);
    squares += more * variance_of(scores);
    degrees += more;
  }
  if (degrees == 0.0) return std::nullopt;
  return student_quantile(0.5 + level / 2.0, degrees) * std::sqrt(squares / degrees) *
         std::sqrt(2.0 / static_cast<double>(seeds));
}

}  // namespace tuneval
