#pragma once

#include "framework/summary/row_sets.h"
#include "framework/summary/verdict/options.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// How many draws the options mean for so many units, rows or groups of them.
int64_t draws_for(size_t units, const VerdictOptions& options);

/// Draws of a row set's units, the same for all of its scores: so every difference of scores is a
/// difference of their draws, and hundreds of pairs cost no more drawing than one.
class SharedDraws {
 public:
  SharedDraws(const RowSet& set, const VerdictOptions& options);

  int64_t resamples() const { return resamples_; }
  /// By the column's place, a bootstrap draw each: its score on the drawn units, over what of them
  /// it scored; NaN where that is nothing. Empty for fewer than two units.
  std::span<const double> replicates(size_t column) const { return replicates_[column]; }
  /// Likewise the sum of its values, those of each unit with one sign, the units' signs drawn.
  std::span<const double> sign_sums(size_t column) const { return sign_sums_[column]; }
  /// The sums of its values by unit.
  std::span<const double> unit_sums(size_t column) const { return unit_sums_[column]; }

 private:
  void sum_units(const RowSet& set);
  void draw_units(const RowSet& set, uint64_t seed);
  void draw_signs(uint64_t seed);

  size_t units_ = 0, columns_ = 0;
  int64_t resamples_ = 0;
  std::vector<std::vector<double>> unit_sums_, replicates_, sign_sums_;
  /// For each unit the sums of all columns, then the rows that they stand on: one count, where
  /// every column stands on all rows, else one a column.
  std::vector<double> table_;
  size_t width_ = 0;
};

}  // namespace tuneval
