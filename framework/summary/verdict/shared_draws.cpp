#include "framework/summary/verdict/shared_draws.h"

#include "framework/statistics/draws.h"

#include <algorithm>
#include <limits>

namespace tuneval {
namespace {

constexpr int64_t kMostDrawnRows = 200'000'000, kLeastDraws = 1'000;

}  // namespace

int64_t draws_for(size_t units, const VerdictOptions& options) {
  const int64_t affordable = kMostDrawnRows / std::max<int64_t>(1, static_cast<int64_t>(units));
  return std::min(options.resamples, std::max(kLeastDraws, affordable));
}

SharedDraws::SharedDraws(const RowSet& set, const VerdictOptions& options)
    : units_(set.units.units()), columns_(set.columns.size()) {
  unit_sums_.resize(columns_);
  replicates_.resize(columns_);
  sign_sums_.resize(columns_);
  sum_units(set);
  if (units_ < 2) return;
  resamples_ = draws_for(units_, options);
  draw_units(set, options.seed);
  draw_signs(options.seed);
}

void SharedDraws::sum_units(const RowSet& set) {
  width_ = columns_ + (set.complete ? 1 : columns_);
  table_.assign(units_ * width_, 0.0);
  for (size_t unit = 0; unit < units_; ++unit) {
    double* sums = &table_[unit * width_];
    for (const size_t row : set.units.unit(unit)) {
      for (size_t column = 0; column < columns_; ++column) {
        sums[column] += set.columns[column].values[row];  // 0 where it is not scored
        if (!set.complete) sums[columns_ + column] += set.columns[column].scored[row];
      }
      if (set.complete) ++sums[columns_];
    }
    for (size_t column = 0; column < columns_; ++column) {
      unit_sums_[column].push_back(sums[column]);
    }
  }
}

void SharedDraws::draw_units(const RowSet& set, uint64_t seed) {
  Draws draws(seed);
  std::vector<uint32_t> times(units_);
  std::vector<double> sums(width_);
  for (int64_t draw = 0; draw < resamples_; ++draw) {
    std::ranges::fill(times, 0);
    for (size_t i = 0; i < units_; ++i) ++times[draws.below(units_)];
    std::ranges::fill(sums, 0.0);
    for (size_t unit = 0; unit < units_; ++unit) {
      if (times[unit] == 0) continue;
      const double weight = times[unit];
      const double* values = &table_[unit * width_];
      for (size_t i = 0; i < width_; ++i) sums[i] += weight * values[i];
    }
    for (size_t column = 0; column < columns_; ++column) {
      const double count = sums[columns_ + (set.complete ? 0 : column)];
      replicates_[column].push_back(count > 0.0 ? sums[column] / count + set.columns[column].shift
                                                : std::numeric_limits<double>::quiet_NaN());
    }
  }
}

void SharedDraws::draw_signs(uint64_t seed) {
  Draws draws(seed);
  std::vector<double> sums(columns_);
  for (int64_t draw = 0; draw < resamples_; ++draw) {
    std::ranges::fill(sums, 0.0);
    uint64_t bits = 0;
    for (size_t unit = 0; unit < units_; ++unit) {
      bits = unit % 64 == 0 ? draws.bits() : bits >> 1;
      const double sign = (bits & 1) != 0 ? 1.0 : -1.0;
      const double* values = &table_[unit * width_];
      for (size_t column = 0; column < columns_; ++column) sums[column] += sign * values[column];
    }
    for (size_t column = 0; column < columns_; ++column) {
      sign_sums_[column].push_back(sums[column]);
    }
  }
}

}  // namespace tuneval
