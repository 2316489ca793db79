#pragma once

#include "tuneval/metric/metric.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// One test example with all that became of it: a line of predictions/<id>.<stage>.jsonl.
struct PredictionRow {
  int64_t index = 0;   ///< place in the test split, from 0
  std::string where;   ///< "test.jsonl:17"
  std::string prompt;  ///< as the model saw it, after the chat template; a server's: the messages
  std::vector<std::string> references;
  std::string completion;
  std::string prediction;  ///< empty when not parsed
  bool parsed = false;
  std::string stop;  ///< why the completion ended: "end", "stop" or "length"; empty without one
  std::vector<std::pair<std::string, SampleScore>> scores;  ///< by metric, headline first
  /// Why there is no completion at all, as where a server gave no answer: the example is unscored.
  std::string unanswered = {};
  std::string group = {};  ///< the conversation or passage it shares with others; empty: none
  /// By metric, of those whose value is no mean of scores: what the row does to the value
  /// (jackknife_values); none where it is unscored.
  std::vector<std::pair<std::string, double>> jackknife = {};
};

/// One line of JSON, without the newline. Bytes that are not UTF-8 become U+FFFD.
std::string to_jsonl(const PredictionRow& row);

/// Writes the whole file, or nothing. Throws RecordError.
void write_predictions(const std::filesystem::path& file, std::span<const PredictionRow> rows);
/// Throws RecordError naming file, line and key.
std::vector<PredictionRow> read_predictions(const std::filesystem::path& file);

}  // namespace tuneval
