#include "framework/summary/pairs.h"

#include "framework/statistics/tunability.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace tuneval {
namespace {

/// Differences below this are of the arithmetic, as in ranks of deltas.
constexpr double kUnit = 1e-9;

/// "test.jsonl:17" of "/packs/x/test.jsonl:17": a pack may have moved.
std::string without_folder(const std::string& where) {
  return std::filesystem::path(where).filename().string();
}

}  // namespace

std::vector<ExampleValue> values_of(std::span<const PredictionRow> rows,
                                    const std::string& metric) {
  std::vector<ExampleValue> values;
  for (const PredictionRow& row : rows) {
    ExampleValue& value = values.emplace_back();
    value.where = without_folder(row.where);
    const auto found =
        std::ranges::find(row.scores, metric, &std::pair<std::string, SampleScore>::first);
    if (found != row.scores.end() && found->second.scored) value.value = found->second.value;
  }
  return values;
}

bool is_right(double value, const MetricValue& metric) {
  const double best = metric.higher_is_better ? metric.highest : metric.lowest;
  const double worst = metric.higher_is_better ? metric.lowest : metric.highest;
  if (!std::isfinite(best) || !std::isfinite(worst)) return value == best;
  const double middle = best / 2 + worst / 2;
  return metric.higher_is_better ? value >= middle - kUnit : value <= middle + kUnit;
}

bool are_same_examples(std::span<const ExampleValue> first, std::span<const ExampleValue> second) {
  return std::ranges::equal(first, second, {}, &ExampleValue::where, &ExampleValue::where);
}

std::optional<Agreement> agreement(std::span<const ExampleValue> first,
                                   std::span<const ExampleValue> second,
                                   const MetricValue& metric) {
  if (!are_same_examples(first, second)) return std::nullopt;
  Agreement result;
  for (size_t i = 0; i < first.size(); ++i) {
    if (!first[i].value || !second[i].value) {
      ++result.left_out;
      continue;
    }
    const bool one = is_right(*first[i].value, metric);
    const bool other = is_right(*second[i].value, metric);
    if (one == other) {
      ++(one ? result.both : result.neither);
    } else {
      (one ? result.first_only : result.second_only).push_back(first[i].where);
    }
  }
  if (result.left_out == int64_t(first.size())) return std::nullopt;
  return result;
}

std::optional<double> gap_closed(double teacher, double base, double tuned, bool higher_is_better) {
  return tunability(base, tuned, higher_is_better, std::nullopt, teacher).share_of_gap;
}

}  // namespace tuneval
