#pragma once

#include "framework/summary/row_sets.h"
#include "framework/summary/verdict/shared_draws.h"
#include "framework/summary/verdict/verdict.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tuneval {

/// A score, or what one score has more than another: places in a row set's columns.
struct Side {
  size_t plus = 0;
  std::optional<size_t> minus = {};
};

/// A row set with its draws.
struct DrawnSet {
  const RowSet* rows = nullptr;
  SharedDraws draws;

  DrawnSet(const RowSet& set, const VerdictOptions& options) : rows(&set), draws(set, options) {}
};

/// The value that a side reports, in the metric's own unit.
double value_of(const RowSet& set, const Side& side);
/// A side's values on the drawn rows, by draw; NaN where it has none.
std::vector<double> replicates_of(const SharedDraws& draws, const Side& side);
/// Without the draws that are NaN; none where nothing is left.
std::optional<Interval> interval_of(std::vector<double> replicates, double level);

/// first − second on the rows that both scored, with interval, p and power; `adjusted` is p, and
/// nothing is told yet. None where they have no row in common.
///
/// p is by the exact McNemar test for right and wrong answers without groups; else by sign flips
/// of the units' differences, all of them for at most 12 that differ, and by their normal limit
/// where VerdictOptions::resamples is more than is drawn.
std::optional<PairedResult> compare_rows(const DrawnSet& set, const Side& first, const Side& second,
                                         const VerdictOptions& options);

/// The two-sided p of a distance from 0 that has this standard error; 1 where that is 0.
double normal_p(double distance, double error);
/// The p that sign flips of these units' differences tend to: their sum is normal, with the sum of
/// their squares for its variance. None where fewer than 1,000 differ from 0.
std::optional<double> sign_flips_limit(std::span<const double> units);
/// The least difference that a standard error shows: (Φ⁻¹(1 − α/2) + Φ⁻¹(power)) · error.
double detectable_by_error(double error, const VerdictOptions& options);
/// The rows that show `difference`, where `rows` of them show `detectable`; none for no difference.
std::optional<int64_t> rows_for(double difference, double detectable, int64_t rows);

/// Adjusts the p-values of these results over all of them.
void adjust(std::span<PairedResult* const> results, Adjustment how);
/// What an adjusted result tells; a difference below the floor tells nothing.
Told told_of(const PairedResult& result, bool higher_is_better, double alpha,
             std::optional<double> floor);

}  // namespace tuneval
