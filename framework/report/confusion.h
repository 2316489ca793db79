#pragma once

#include "framework/record/predictions.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// How often which prediction met which reference.
struct Confusion {
  struct Count {
    size_t reference, prediction;  ///< places in `labels`; labels.size(): not parsed
    int64_t count;

    bool operator==(const Count&) const = default;
  };
  std::vector<std::string> labels;  ///< sorted
  std::vector<Count> counts;        ///< those above 0, by reference and prediction
};

/// For answers out of a small closed set, which the rows themselves show: one reference a row, each
/// met twice on average, at most `most_labels` of references and predictions together. Else none.
std::optional<Confusion> confusion_of(std::span<const PredictionRow> rows,
                                      size_t most_labels = 150);

}  // namespace tuneval
