#pragma once

#include "framework/record/predictions.h"
#include "framework/record/record.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// One test example's value under a metric.
struct ExampleValue {
  std::string where;            ///< "test.jsonl:17"
  std::optional<double> value;  ///< none where the example is unscored

  bool operator==(const ExampleValue&) const = default;
};

/// The values of all rows, in order.
std::vector<ExampleValue> values_of(std::span<const PredictionRow> rows, const std::string& metric);

/// Whether an example counts as right: its value lies at least halfway from the metric's worst
/// value to its best. Of a metric that gives nothing between the two that is the best value. Where
/// one of the two is not finite, there is no halfway, and only the best value is right.
bool is_right(double value, const MetricValue& metric);

/// Whether both are of the same test examples, in the same order.
bool are_same_examples(std::span<const ExampleValue> first, std::span<const ExampleValue> second);

/// How two scorings of the same test examples agree.
struct Agreement {
  int64_t both = 0, neither = 0;                     ///< examples that both, or none, got right
  std::vector<std::string> first_only, second_only;  ///< where the others stand
  int64_t left_out = 0;                              ///< examples that one of them did not score

  bool operator==(const Agreement&) const = default;
};

/// Pairs the examples by place. Null where they are not the same ones, or where no example is
/// scored by both.
std::optional<Agreement> agreement(std::span<const ExampleValue> first,
                                   std::span<const ExampleValue> second, const MetricValue& metric);

/// (tuned − base) / (teacher − base): the share of the gap to the teacher that tuning closed, above
/// 1 where the student passed it. None where the teacher is no better than the base model.
std::optional<double> gap_closed(double teacher, double base, double tuned, bool higher_is_better);

}  // namespace tuneval
