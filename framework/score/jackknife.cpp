#include "framework/score/jackknife.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuneval {
namespace {

bool is_mean(std::span<const Scored> scored, double value) {
  double sum = 0.0;
  for (const Scored& one : scored) sum += one.value;
  return std::abs(sum / static_cast<double>(scored.size()) - value) <= 1e-9;
}

}  // namespace

std::vector<double> jackknife_values(const Metric& metric, std::span<const Scored> scored,
                                     double value) {
  const size_t n = scored.size();
  if (n < 2 || n > kMostJackknifed || is_mean(scored, value)) return {};
  std::vector<double> values;
  values.reserve(n);
  // All but the first; then each example in turn comes in for its successor.
  std::vector<Scored> others(scored.begin() + 1, scored.end());
  for (size_t i = 0; i < n; ++i) {
    values.push_back(value - static_cast<double>(n - 1) * (metric.aggregate(others) - value));
    if (i < others.size()) others[i] = scored[i];
  }
  const auto finite = [](double one) { return std::isfinite(one); };
  return std::ranges::all_of(values, finite) ? std::move(values) : std::vector<double>();
}

}  // namespace tuneval
