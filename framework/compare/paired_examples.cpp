#include "framework/compare/paired_examples.h"

#include "framework/statistics/sample.h"
#include "framework/summary/row_sets.h"
#include "framework/summary/verdict/compare_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace tuneval {
namespace {

/// One scoring's rows under a metric.
struct Rows {
  std::span<const PredictionRow> rows;
  ExampleRows under;                          ///< with the metric's scores
  std::vector<std::optional<double>> values;  ///< what is compared: scores, or what rows do
  bool is_jackknife = false;                  ///< whether they are what rows do
  double shift = 0.0;                         ///< the metric's value − the mean of `values`
};

std::vector<double> present(const std::vector<std::optional<double>>& values) {
  std::vector<double> there;
  for (const auto& value : values) {
    if (value) there.push_back(*value);
  }
  return there;
}

/// Whether each scored row tells what it does to the value.
bool tell_all(const ExampleRows& rows) {
  for (size_t i = 0; i < rows.values.size(); ++i) {
    if (rows.values[i].value && !rows.jackknife[i]) return false;
  }
  return true;
}

/// None where the rows do not explain the metric's value.
std::optional<Rows> rows_of(std::span<const PredictionRow> rows, const MetricValue& metric) {
  Rows found;
  found.rows = rows;
  found.under = example_rows(rows, metric.name);
  for (const ExampleValue& score : found.under.values) found.values.push_back(score.value);
  const std::vector<double> scores = present(found.values);
  if (scores.empty()) return std::nullopt;
  if (std::abs(mean_of(scores) - metric.value) < 1e-9) return found;
  if (!tell_all(found.under)) return std::nullopt;
  for (size_t i = 0; i < found.values.size(); ++i) {
    if (found.values[i]) found.values[i] = found.under.jackknife[i];
  }
  found.is_jackknife = true;
  found.shift = metric.value - mean_of(present(found.values));
  return found;
}

/// Places of the same example in both, in the order of the first. A line that gave several examples
/// (the answers of a conversation) has them in one order.
std::vector<std::pair<size_t, size_t>> places(const Rows& first, const Rows& second) {
  std::multimap<std::pair<std::string, std::vector<std::string>>, size_t> where;
  for (size_t i = 0; i < second.rows.size(); ++i) {
    where.emplace(std::pair(second.under.values[i].where, second.rows[i].references), i);
  }
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t i = 0; i < first.rows.size(); ++i) {
    // lower_bound, not find: of several equal ones the one that came first.
    const std::pair key(first.under.values[i].where, first.rows[i].references);
    const auto found = where.lower_bound(key);
    if (found == where.end() || found->first != key) continue;
    pairs.emplace_back(i, found->second);
    where.erase(found);
  }
  return pairs;
}

/// A column of a row set that as yet has no rows.
RowColumn column_of(const Rows& rows) {
  RowColumn column;
  column.is_jackknife = rows.is_jackknife;
  column.shift = rows.shift;
  return column;
}

void add(RowColumn& column, double value) {
  column.values.push_back(value);
  column.scored.push_back(1);
  ++column.count;
}

/// What the score is on the rows that were paired.
void finish(RowColumn& column) {
  const auto is_answer = [](double value) { return value == 0.0 || value == 1.0; };
  column.is_proportion = !column.is_jackknife && std::ranges::all_of(column.values, is_answer);
  column.reported = mean_of(column.values) + column.shift;
}

/// The rows that both scored, and their scores under the metric.
struct Pairs {
  RowSet set;
  std::vector<ExampleValue> first, second;
};

Pairs pairs_of(const Rows& first, const Rows& second) {
  Pairs pairs;
  std::vector<std::string> groups;
  RowColumn one = column_of(first), other = column_of(second);
  for (const auto& [i, j] : places(first, second)) {
    if (!first.values[i] || !second.values[j]) continue;
    add(one, *first.values[i]);
    add(other, *second.values[j]);
    groups.push_back(first.under.groups[i]);
    pairs.first.push_back(first.under.values[i]);
    pairs.second.push_back(second.under.values[j]);
  }
  if (groups.empty()) return pairs;
  finish(one);
  finish(other);
  RowSet& set = pairs.set;
  set.units = Resampler(groups.size(), groups);
  set.grouped = set.units.units() < groups.size();
  set.groups = std::move(groups);
  set.complete = true;
  set.columns = {std::move(one), std::move(other)};
  return pairs;
}

}  // namespace

ExampleComparison compare_examples(std::span<const PredictionRow> first, const MetricValue& one,
                                   std::span<const PredictionRow> second, const MetricValue& other,
                                   const CompareOptions& options) {
  const std::optional<Rows> left = rows_of(first, one), right = rows_of(second, other);
  if (!left || !right) {
    return {{},
            {},
            "the score is no mean of its examples' scores, and the predictions do not say "
            "what each does to it"};
  }
  const Pairs pairs = pairs_of(*left, *right);
  const size_t rows = pairs.first.size();
  if (rows < 2) return {{}, {}, "the test examples are not the same ones"};
  ExampleComparison comparison;
  comparison.changes = agreement(pairs.first, pairs.second, one);
  const DrawnSet drawn(pairs.set, options.tests);
  comparison.paired = compare_rows(drawn, Side{1, {}}, Side{0, {}}, options.tests);
  const size_t all = std::max(present(left->values).size(), present(right->values).size());
  if (rows < all) comparison.note = fmt::format("{} of {} examples are in both", rows, all);
  return comparison;
}

}  // namespace tuneval
