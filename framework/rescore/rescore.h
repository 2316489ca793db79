#pragma once

#include "framework/record/store.h"
#include "framework/score/judge.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

struct RescoreOptions {
  std::vector<std::string> metrics;  ///< what to score by; empty: the task's own
  std::string headline;              ///< what to put first, scored too; empty: what is first stays
  std::string model, task;           ///< the only ones to score again; empty: all
  std::filesystem::path pack;        ///< the pack, where it is not where the run found it
  const Judge* judge = nullptr;      ///< for the metrics that need one; null: there is none
};

/// One stage of a cell, scored again.
struct RescoredStage {
  Stage stage = Stage::base;
  ScoreSummary before, now;
  int64_t otherwise = 0;  ///< answers that are read otherwise than before
};

struct RescoredCell {
  CellRecord record;  ///< as it is now
  std::vector<RescoredStage> stages;
};

struct Rescored {
  std::vector<RescoredCell> cells;  ///< by id
  /// One sentence on each cell that was refused and stays as it was, and on each record that cannot
  /// be read.
  std::vector<std::string> faults;
};

/// Reads the stored completions of a run's done cells again, with the task type as it now is, and
/// scores them; no model is opened. Rewrites predictions and records, with a mark in the record
/// (`CellRecord::rescored`).
///
/// A metric that was not asked for keeps its scores; where an answer of its stage is read otherwise
/// than before, it is scored again too. New metrics come behind those that are there. Without a
/// judge the task's own metrics that ask one keep their verdicts; a cell that needs new ones is
/// refused.
///
/// Throws PluginError for a metric that no plugin brings, RecordError where there is no such cell.
Rescored rescore(const RecordStore& store, const Registry& registry, const RescoreOptions& options);

}  // namespace tuneval
