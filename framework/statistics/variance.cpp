#include "framework/statistics/variance.h"

#include "framework/statistics/sample.h"

#include <algorithm>
#include <cmath>

namespace tuneval {
namespace {

using Scores = std::span<const std::vector<double>>;

std::vector<double> means_of_seeds(Scores scores) {
  std::vector<double> means;
  for (const std::vector<double>& rows : scores) means.push_back(mean_of(rows));
  return means;
}

std::vector<double> means_of_rows(Scores scores) {
  std::vector<double> means(scores[0].size(), 0.0);
  for (const std::vector<double>& rows : scores) {
    for (size_t row = 0; row < rows.size(); ++row) means[row] += rows[row];
  }
  for (double& mean : means) mean /= static_cast<double>(scores.size());
  return means;
}

/// MS_rest: what neither the seed's nor the row's mean explains.
double rest_of(Scores scores, const std::vector<double>& seeds, const std::vector<double>& rows) {
  const double mean = mean_of(seeds);
  double squares = 0.0;
  for (size_t seed = 0; seed < seeds.size(); ++seed) {
    for (size_t row = 0; row < rows.size(); ++row) {
      const double rest = scores[seed][row] - seeds[seed] - rows[row] + mean;
      squares += rest * rest;
    }
  }
  return squares / static_cast<double>((seeds.size() - 1) * (rows.size() - 1));
}

}  // namespace

std::optional<SeedSpread> seed_spread(std::span<const double> scores) {
  require_finite(scores, "scores of several seeds");
  if (scores.size() < 2) return std::nullopt;
  const auto [least, most] = std::ranges::minmax(scores);
  return SeedSpread{mean_of(scores), least, most, std::sqrt(variance_of(scores)),
                    static_cast<int64_t>(scores.size())};
}

std::optional<VarianceParts> variance_same_rows(Scores scores) {
  for (const std::vector<double>& rows : scores) {
    require_same_length(rows.size(), scores[0].size(), "rows of two seeds");
    require_finite(rows, "scores of several seeds");
  }
  if (scores.size() < 2 || scores[0].size() < 2) return std::nullopt;
  const std::vector<double> seeds = means_of_seeds(scores), rows = means_of_rows(scores);
  const auto m = static_cast<double>(seeds.size()), n = static_cast<double>(rows.size());
  VarianceParts parts;
  parts.seeds = static_cast<int64_t>(seeds.size());
  parts.mean_rows = n;
  parts.rest = rest_of(scores, seeds, rows);
  // MS_seed / n and MS_rows / m are the variances of the means.
  parts.seed = std::max(0.0, variance_of(seeds) - parts.rest / n);
  parts.rows = std::max(0.0, variance_of(rows) - parts.rest / m);
  return parts;
}

std::optional<VarianceParts> variance_own_rows(Scores scores) {
  std::vector<std::vector<double>> seeds;
  double total = 0.0, sum = 0.0, count_squares = 0.0;
  for (const std::vector<double>& rows : scores) {
    require_finite(rows, "scores of several seeds");
    if (rows.empty()) continue;
    const auto n = static_cast<double>(rows.size());
    total += n;
    sum += n * mean_of(rows);
    count_squares += n * n;
    seeds.push_back(rows);
  }
  const auto m = static_cast<double>(seeds.size());
  if (seeds.size() < 2 || !(total > m)) return std::nullopt;
  double between = 0.0, within = 0.0;
  for (const std::vector<double>& rows : seeds) {
    const auto n = static_cast<double>(rows.size());
    const double distance = mean_of(rows) - sum / total;
    between += n * distance * distance;
    if (rows.size() > 1) within += (n - 1.0) * variance_of(rows);
  }
  VarianceParts parts;
  parts.seeds = static_cast<int64_t>(seeds.size());
  parts.mean_rows = (total - count_squares / total) / (m - 1.0);
  parts.rest = within / (total - m);
  parts.seed = std::max(0.0, (between / (m - 1.0) - parts.rest) / parts.mean_rows);
  return parts;
}

}  // namespace tuneval
