#pragma once

#include "framework/summary/pairs.h"
#include "framework/summary/summary.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// What one scoring of a task's test examples left, under the task's headline.
struct ExampleRows {
  std::vector<ExampleValue> values;
  // One a value:
  std::vector<char> parsed;         ///< whether the completion had the form asked for
  std::vector<std::string> groups;  ///< of one conversation or passage; empty for a row by itself
  std::vector<std::optional<double>> jackknife;  ///< PredictionRow::jackknife
};

/// Under a metric. Examples of one row of the data are one group where they name none.
ExampleRows example_rows(std::span<const PredictionRow> predictions, const std::string& metric);

/// A task's predictions, each file read once.
class TaskRows {
 public:
  /// `notes` are told of predictions that cannot be read; it and `source` outlive this.
  TaskRows(const PredictionSource& source, std::string metric, std::vector<std::string>& notes)
      : source_(&source), metric_(std::move(metric)), notes_(&notes) {}

  /// Null where there are none. The rows stay where they are.
  const ExampleRows* find(const std::string& id, Stage stage);

 private:
  std::optional<ExampleRows> read(const std::string& id, Stage stage);

  const PredictionSource* source_;
  std::string metric_;
  std::vector<std::string>* notes_;
  std::map<std::pair<std::string, Stage>, std::optional<ExampleRows>> read_;
};

}  // namespace tuneval
