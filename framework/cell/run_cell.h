#pragma once

#include "framework/model/loaded_model.h"
#include "framework/plan/plan.h"
#include "framework/record/store.h"
#include "framework/score/judge.h"
#include "tuneval/plugin.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace tuneval {

/// Where a cell stands, for whoever shows it.
struct CellProgress {
  /// "base", "tune" or "tuned"; "ask" of a teacher; within "tune" perhaps "curve"
  std::string stage;
  int64_t done = 0, total = 0;  ///< test rows, or optimizer steps
  int64_t tokens = 0;           ///< computed in this stage so far
  double loss = 0.0;            ///< of the last step, while tuning
};

/// What cells are run with.
struct CellTools {
  const Registry& registry;
  const RecordStore& store;
  std::function<void(const CellProgress&)> progress;
  const Judge* judge = nullptr;  ///< for the metrics that need one; null: there is none
  /// Set by who wants the cell to end: `Stopped` is thrown between two passes over the model, with
  /// what is on the disk fit to go on from. Null: nobody does.
  const std::atomic<bool>* stop = nullptr;
  /// A sign of life, more often than progress, from the thread that runs the cell; what it throws
  /// ends the cell.
  std::function<void()> pulse = {};
};

/// Score → tune → certify → score, filling in `record`, which `begin_record` made. Predictions,
/// adapter and tuning's checkpoints go to the store's folder. The model is left tuned. Throws what
/// went wrong, with the stages that were finished kept in the record: a cell's edge is the caller.
/// What was scored before tuning is kept beside the checkpoints, so that a cell that is run again
/// goes on in the middle.
///
/// A seed-only cell, one of a later seed and one of the band are not scored before tuning: what
/// they would show is the base score of their model's first cell.
void run_cell(const Plan& plan, const Cell& cell, LoadedModel& model, const CellTools& tools,
              CellRecord& record);

/// The record of a cell before anything is run: its identity.
CellRecord begin_record(const Plan& plan, const Cell& cell, const Registry& registry);

}  // namespace tuneval
