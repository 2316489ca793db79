#pragma once

#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// A run whose records say what their rows do.
struct VerdictRun {
  using Values = std::vector<double>;

  /// A done cell of these rows' values; no base score for no base rows.
  CellRecord& add(const std::string& model, const std::string& task, const Values& base,
                  const Values& tuned, CellKind kind = CellKind::model) {
    CellRecord record = record_of(model, task, std::nullopt, std::nullopt);
    record.kind = kind;
    record.id = fmt::format("{}-{}-{}", model, task, to_string(kind));
    if (!base.empty()) record.base = score_on(base);
    if (!tuned.empty()) record.tuned = score_on(tuned);
    if (!base.empty()) predictions[{record.id, Stage::base}] = parsed_rows(base);
    if (!tuned.empty()) predictions[{record.id, Stage::tuned}] = parsed_rows(tuned);
    records.push_back(std::move(record));
    return records.back();
  }

  CellRecord& add_teacher(const std::string& task, const Values& values, double margin) {
    CellRecord& record = add("teacher", task, values, {}, CellKind::teacher);
    record.recipe = {{"margin", margin}};
    record.model.path = "big";
    return record;
  }

  /// The rows of each cell of the task belong together, by these names.
  void group(const std::string& task, const std::vector<std::string>& names) {
    for (auto& [key, rows] : predictions) {
      if (key.first.find("-" + task + "-") == std::string::npos) continue;
      for (size_t i = 0; i < rows.size(); ++i) rows[i].group = names[i];
    }
  }

  Summary summary() const {
    SummaryOptions all = options;
    all.predictions = [this](const std::string& id,
                             Stage stage) -> std::optional<std::vector<PredictionRow>> {
      const auto found = predictions.find({id, stage});
      return found == predictions.end() ? std::nullopt : std::optional(found->second);
    };
    return summarise(records, all);
  }

  static ScoreSummary score_on(const Values& values) {
    ScoreSummary score = score_of(std::accumulate(values.begin(), values.end(), 0.0) /
                                  static_cast<double>(values.size()));
    score.metrics[0].scored = score.examples = static_cast<int64_t>(values.size());
    return score;
  }
  static std::vector<PredictionRow> parsed_rows(const Values& values) {
    std::vector<PredictionRow> all = rows(values);
    for (PredictionRow& row : all) row.parsed = true;
    return all;
  }

  std::vector<CellRecord> records;
  std::map<std::pair<std::string, Stage>, std::vector<PredictionRow>> predictions;
  SummaryOptions options;
};

/// `right` ones, then zeros, `count` in all.
inline std::vector<double> right_of(size_t right, size_t count) {
  std::vector<double> values(count, 0.0);
  std::fill(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(right), 1.0);
  return values;
}

}  // namespace tuneval
