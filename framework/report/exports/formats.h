#pragma once

#include "framework/record/store.h"
#include "framework/report/exports/score_bar.h"
#include "framework/summary/summary.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Where an export's files go.
class ExportFolder {
 public:
  explicit ExportFolder(std::filesystem::path path) : path_(std::move(path)) {}

  /// Whole or not at all. Throws RecordError.
  void write(const std::filesystem::path& relative, std::string_view text);
  const std::vector<std::filesystem::path>& written() const { return written_; }

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> written_;
};

// A function a format (docs/exports.md).

/// EleutherAI's lm-evaluation-harness: results_<time>.json and samples_<task>_<time>.jsonl in a
/// folder a model.
void write_lm_eval(const RecordStore& store, ExportFolder& folder);
/// EvalEval's Every Eval Ever, schema 0.3.0: data/<run>/<developer>/<model>/<uuid>.json and
/// <uuid>_samples.jsonl.
void write_every_eval_ever(const RecordStore& store, ExportFolder& folder);
/// JUnit's XML: junit.xml, a suite a task, a case a cell.
void write_junit(const Summary& summary, std::span<const ScoreBar> bars, ExportFolder& folder);
/// MLflow's file store: mlruns/, a run a record.
void write_mlflow(const RecordStore& store, ExportFolder& folder);

/// The document of `write_junit`.
std::string junit_xml(const Summary& summary, std::span<const ScoreBar> bars);

}  // namespace tuneval
