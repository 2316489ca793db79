#include "framework/summary/verdict/compare_rows.h"

#include "framework/statistics/sample.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tuneval {
namespace {

constexpr size_t kExactUnits = 12;   // 4,096 patterns, as many as are drawn else, about
constexpr size_t kManyUnits = 1000;  // from which on the sum of their signs is as good as normal
constexpr double kRounding = 1e-12;  // sums in another order differ in their last digits
constexpr double kMostRows = 1e12;

/// The columns of a difference with their signs.
struct Term {
  size_t column = 0;
  double sign = 1.0;
};

std::vector<Term> terms_of(const Side& first, const Side& second) {
  std::vector<Term> terms = {{first.plus, 1.0}, {second.plus, -1.0}};
  if (first.minus) terms.push_back({*first.minus, -1.0});
  if (second.minus) terms.push_back({*second.minus, 1.0});
  return terms;
}

/// The rows of a difference.
struct Differences {
  std::vector<double> values;       ///< of the rows that every term scored
  std::vector<std::string> groups;  ///< theirs; none where the set has none
};

Differences differences_of(const RowSet& set, const std::vector<Term>& terms) {
  Differences found;
  for (size_t row = 0; row < set.rows(); ++row) {
    double value = 0.0;
    bool scored = true;
    for (const Term& term : terms) {
      const RowColumn& column = set.columns[term.column];
      scored = scored && column.scored[row];
      value += term.sign * column.values[row];
    }
    if (!scored) continue;
    found.values.push_back(value);
    if (set.grouped) found.groups.push_back(set.groups[row]);
  }
  return found;
}

/// A sum over terms of what the draws have of each column.
template <class Of>
std::vector<double> combined(const std::vector<Term>& terms, Of&& of) {
  std::vector<double> sums(of(terms[0].column).size(), 0.0);
  for (const Term& term : terms) {
    const std::span<const double> values = of(term.column);
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += term.sign * values[i];
  }
  return sums;
}

/// The units of a difference's rows; those of the set, where it stands on all of them.
Resampler units_of(const RowSet& set, const Differences& differences) {
  const size_t rows = differences.values.size();
  return rows == set.rows() ? set.units : Resampler(rows, differences.groups);
}

std::vector<double> sums_by_unit(const Differences& differences, const Resampler& units) {
  std::vector<double> sums(units.units(), 0.0);
  for (size_t i = 0; i < sums.size(); ++i) {
    for (const size_t row : units.unit(i)) sums[i] += differences.values[row];
  }
  return sums;
}

/// Sign flips of the differences: all patterns of a few units that differ; else those that were
/// drawn for all columns, as far as the terms stand on the same rows. Where units are so many that
/// fewer are drawn than asked for, their limit: the least p of a thousand draws would be more than
/// a pair among a hundred may have.
double sign_flips(const DrawnSet& set, const std::vector<Term>& terms,
                  const Differences& differences, const Resampler& units_there,
                  const VerdictOptions& options) {
  if (draws_for(units_there.units(), options) < options.resamples) {
    if (const auto p = sign_flips_limit(sums_by_unit(differences, units_there))) return *p;
  }
  const auto mask = [&](const Term& term) -> const std::vector<char>& {
    return set.rows->columns[term.column].scored;
  };
  const bool same_rows =
      std::ranges::all_of(terms, [&](const Term& term) { return mask(term) == mask(terms[0]); });
  if (same_rows && set.draws.resamples() > 0) {
    const std::vector<double> units =
        combined(terms, [&](size_t column) { return set.draws.unit_sums(column); });
    double seen = 0.0, total = 0.0;
    size_t differing = 0;
    for (const double unit : units) {
      seen += unit;
      total += std::abs(unit);
      differing += std::abs(unit) > kRounding;
    }
    if (differing > kExactUnits) {
      const double limit = std::abs(seen) - kRounding * total;
      const std::vector<double> sums =
          combined(terms, [&](size_t column) { return set.draws.sign_sums(column); });
      const auto hits =
          std::ranges::count_if(sums, [&](double sum) { return std::abs(sum) >= limit; });
      return static_cast<double>(1 + hits) / static_cast<double>(1 + std::ssize(sums));
    }
  }
  const PermutationOptions few{kExactUnits, draws_for(differences.values.size(), options),
                               options.seed};
  return sign_flip_test(differences.values, differences.groups, few).p;
}

/// The standard error of the mean difference, groups as wholes.
double error_of(const Differences& differences, const Resampler& units) {
  if (units.units() < 2) return 0.0;
  const double mean = mean_of(differences.values);
  double squares = 0.0;
  for (size_t i = 0; i < units.units(); ++i) {
    double excess = 0.0;
    for (const size_t row : units.unit(i)) excess += differences.values[row] - mean;
    squares += excess * excess;
  }
  const auto count = static_cast<double>(units.units());
  return std::sqrt(count / (count - 1.0) * squares) /
         static_cast<double>(differences.values.size());
}

/// Right and wrong answers on rows that stand alone.
bool is_mcnemar(const RowSet& set, const Side& first, const Side& second) {
  const auto suits = [&](const Side& side) {
    return !side.minus && set.columns[side.plus].is_proportion;
  };
  return !set.grouped && suits(first) && suits(second);
}

PairedCounts counts_of(const RowSet& set, const Side& first, const Side& second) {
  std::array<std::vector<double>, 2> values;
  const RowColumn &one = set.columns[first.plus], &other = set.columns[second.plus];
  for (size_t row = 0; row < set.rows(); ++row) {
    if (!one.scored[row] || !other.scored[row]) continue;
    values[0].push_back(one.values[row]);
    values[1].push_back(other.values[row]);
  }
  return count_pairs(values[0], values[1]);
}

void test_counts(const PairedCounts& counts, const VerdictOptions& options, PairedResult& result) {
  const PowerOptions power{options.power, options.alpha};
  const auto rows = static_cast<double>(counts.rows());
  const double discordant = static_cast<double>(counts.only_first + counts.only_second) / rows;
  const double difference = static_cast<double>(counts.only_first - counts.only_second) / rows;
  result.test = "mcnemar";
  result.counts = counts;
  result.p = mcnemar_exact(counts.only_first, counts.only_second);
  result.detectable = detectable_paired(discordant, counts.rows(), power);
  result.rows_needed = rows_needed_paired(discordant, difference, power);
}

}  // namespace

double value_of(const RowSet& set, const Side& side) {
  const double value = set.columns[side.plus].reported;
  return side.minus ? value - set.columns[*side.minus].reported : value;
}

std::vector<double> replicates_of(const SharedDraws& draws, const Side& side) {
  std::vector<Term> terms = {{side.plus, 1.0}};
  if (side.minus) terms.push_back({*side.minus, -1.0});
  return combined(terms, [&](size_t column) { return draws.replicates(column); });
}

std::optional<Interval> interval_of(std::vector<double> replicates, double level) {
  std::erase_if(replicates, [](double value) { return std::isnan(value); });
  if (replicates.empty()) return std::nullopt;
  return percentile_interval(std::move(replicates), level);
}

double normal_p(double distance, double error) {
  if (!(error > 0.0)) return 1.0;
  return std::min(1.0, 2.0 * normal_cdf(-std::abs(distance) / error));
}

std::optional<double> sign_flips_limit(std::span<const double> units) {
  double sum = 0.0, squares = 0.0;
  size_t differing = 0;
  for (const double unit : units) {
    sum += unit;
    squares += unit * unit;
    differing += std::abs(unit) > kRounding;
  }
  return differing >= kManyUnits ? std::optional(normal_p(sum, std::sqrt(squares))) : std::nullopt;
}

double detectable_by_error(double error, const VerdictOptions& options) {
  return (normal_quantile(1.0 - options.alpha / 2.0) + normal_quantile(options.power)) * error;
}

std::optional<int64_t> rows_for(double difference, double detectable, int64_t rows) {
  if (!(std::abs(difference) > kRounding)) return std::nullopt;
  const double ratio = detectable / difference;
  const double needed = std::max(1.0, std::ceil(static_cast<double>(rows) * ratio * ratio));
  return needed <= kMostRows ? std::optional(static_cast<int64_t>(needed)) : std::nullopt;
}

std::optional<PairedResult> compare_rows(const DrawnSet& set, const Side& first, const Side& second,
                                         const VerdictOptions& options) {
  const std::vector<Term> terms = terms_of(first, second);
  const Differences differences = differences_of(*set.rows, terms);
  if (differences.values.empty()) return std::nullopt;
  PairedResult result;
  result.difference = value_of(*set.rows, first) - value_of(*set.rows, second);
  result.rows = std::ssize(differences.values);
  result.interval = interval_of(
      combined(terms, [&](size_t column) { return set.draws.replicates(column); }), options.level);
  if (is_mcnemar(*set.rows, first, second)) {
    test_counts(counts_of(*set.rows, first, second), options, result);
  } else {
    result.test = "sign_flips";
    const Resampler units = units_of(*set.rows, differences);
    result.p = sign_flips(set, terms, differences, units, options);
    if (const double error = error_of(differences, units); error > 0.0) {
      result.detectable = detectable_by_error(error, options);
      result.rows_needed = rows_for(result.difference, *result.detectable, result.rows);
    }
  }
  result.adjusted = result.p;
  return result;
}

void adjust(std::span<PairedResult* const> results, Adjustment how) {
  std::vector<double> p_values;
  for (const PairedResult* result : results) p_values.push_back(result->p);
  const std::vector<double> all = adjusted(p_values, how);
  for (size_t i = 0; i < results.size(); ++i) results[i]->adjusted = all[i];
}

Told told_of(const PairedResult& result, bool higher_is_better, double alpha,
             std::optional<double> floor) {
  const double better = higher_is_better ? result.difference : -result.difference;
  if (result.adjusted >= alpha || std::abs(better) < floor.value_or(0.0)) return Told::noise;
  if (better == 0.0) return Told::noise;
  return better > 0.0 ? Told::better : Told::worse;
}

}  // namespace tuneval
