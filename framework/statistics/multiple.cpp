#include "framework/statistics/multiple.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace tuneval {
namespace {

/// Where the p-values lie, the smallest first.
std::vector<size_t> ascending(std::span<const double> p_values) {
  for (const double p : p_values) {
    if (!(p >= 0.0 && p <= 1.0)) {
      throw Error(fmt::format("p-values: found {}, expected numbers from 0 to 1", p));
    }
  }
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return p_values[i]; });
  return order;
}

}  // namespace

std::vector<double> bonferroni(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.size());
  for (const size_t i : ascending(p_values)) {
    adjusted[i] = std::min(1.0, static_cast<double>(p_values.size()) * p_values[i]);
  }
  return adjusted;
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.size());
  auto left = static_cast<double>(p_values.size());
  double largest = 0.0;
  for (const size_t i : ascending(p_values)) {
    largest = std::max(largest, std::min(1.0, left * p_values[i]));
    adjusted[i] = largest;
    --left;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.size());
  std::vector<size_t> order = ascending(p_values);
  std::ranges::reverse(order);
  const auto count = static_cast<double>(p_values.size());
  auto place = count;
  double least = 1.0;
  for (const size_t i : order) {
    least = std::min(least, count * p_values[i] / place);
    adjusted[i] = least;
    --place;
  }
  return adjusted;
}

}  // namespace tuneval
