#pragma once

#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "tests/support/folder.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace tuneval::test {

/// A run folder whose records and predictions are made of given scores, without any model.
class ScoredRun {
 public:
  ScoredRun() : store(folder_.path() / "run") {}

  using Values = std::vector<double>;

  /// A record of a model tuned on a task, as it stands before `write`.
  static CellRecord record_of(const std::string& model, const std::string& task,
                              const std::optional<Values>& base,
                              const std::optional<Values>& tuned) {
    CellRecord record;
    record.id = fmt::format("{}-{}", model, task);
    record.model = {model, "/models/" + model, "qwen3", 1'000'000, "c0ffee"};
    record.task = {task, "/packs/" + task, "classification", "decade", 24, 4, "CC0-1.0"};
    record.recipe = {{"method", "lora"}, {"learning_rate", 0.0002}};
    record.seed = 7;
    record.versions = {"0.1.0", "2.15.0", {{"accuracy", "0.1.0"}}};
    record.device = "cpu";
    record.dtype = "float32";
    record.started = "2026-03-16T20:40:00Z";
    record.finished = "2026-03-16T20:46:16Z";
    record.seconds = 376.5;
    if (base) record.base = score_of(*base);
    if (tuned) {
      record.tuned = score_of(*tuned);
      record.tune.emplace();
      record.tune->steps = 2;
      record.tune->curve = {{1, 1.5, 0.0001, 2.0}, {2, 0.5, 0.0002, 1.0}};
      record.tune->adapter = "adapters/" + record.id;
    }
    return record;
  }

  static ScoreSummary score_of(const Values& values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    ScoreSummary score;
    score.examples = std::ssize(values);
    score.metrics = {{"accuracy", sum / double(values.size()), score.examples, 0, true, 0.0, 1.0}};
    return score;
  }

  static std::vector<PredictionRow> rows_of(const Values& values) {
    std::vector<PredictionRow> rows(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      rows[i].index = int64_t(i);
      rows[i].where = fmt::format("test.jsonl:{}", i + 1);
      rows[i].prompt = fmt::format("Question {}?", i + 1);
      rows[i].references = {"yes"};
      rows[i].completion = rows[i].prediction = values[i] > 0.5 ? "yes" : "no";
      rows[i].parsed = true;
      rows[i].stop = "end";
      rows[i].scores = {{"accuracy", SampleScore::of(values[i])}};
    }
    return rows;
  }

  void write(const CellRecord& record, const std::optional<Values>& base,
             const std::optional<Values>& tuned) const {
    if (base) write_predictions(store.predictions_path(record.id, Stage::base), rows_of(*base));
    if (tuned) write_predictions(store.predictions_path(record.id, Stage::tuned), rows_of(*tuned));
    store.write(record);
  }

  /// A done cell with these scores of its examples.
  CellRecord add(const std::string& model, const std::string& task,
                 const std::optional<Values>& base, const std::optional<Values>& tuned) const {
    const CellRecord record = record_of(model, task, base, tuned);
    write(record, base, tuned);
    return record;
  }

  std::vector<CellRecord> records() const { return store.read_all().records; }

 private:
  TempFolder folder_;

 public:
  RecordStore store;
};

/// `right` times 1, then 0, so many in all.
inline std::vector<double> answers(size_t right, size_t all) {
  std::vector<double> values(all, 0.0);
  for (size_t i = 0; i < right; ++i) values[i] = 1.0;
  return values;
}

}  // namespace tuneval::test
