#pragma once

#include "framework/compare/compare.h"

#include <optional>
#include <span>
#include <string>

namespace tuneval {

/// What the examples that both scorings have say of a difference.
struct ExampleComparison {
  std::optional<PairedResult> paired;  ///< not yet adjusted; second − first
  std::optional<Agreement> changes;
  std::string note;  ///< why there is no `paired`, or what it leaves out; else empty
};

/// Pairs examples by file, line and references. Their scores under the metric are compared; of a
/// metric that is no mean of them, what each row does to its value (PredictionRow::jackknife).
/// Whether it is a mean is seen by the values of both metrics.
ExampleComparison compare_examples(std::span<const PredictionRow> first, const MetricValue& one,
                                   std::span<const PredictionRow> second, const MetricValue& other,
                                   const CompareOptions& options);

}  // namespace tuneval
