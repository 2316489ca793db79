#pragma once

#include "framework/model/loaded_model.h"
#include "framework/plan/plan.h"
#include "framework/record/store.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <functional>
#include <string>

namespace tuneval {

/// Where a cell stands, for whoever shows it.
struct CellProgress {
  std::string stage;            ///< "base", "tune" or "tuned"
  int64_t done = 0, total = 0;  ///< test rows, or optimizer steps
  int64_t tokens = 0;           ///< computed in this stage so far
  double loss = 0.0;            ///< of the last step, while tuning
};

/// Score → tune → certify → score, filling in `record`, which `begin_record` made. Predictions,
/// adapter and tuning's checkpoints go to the store's folder. The model is left tuned. Throws what
/// went wrong, with the stages that were finished kept in the record: a cell's edge is the caller.
void run_cell(const Plan& plan, const Cell& cell, LoadedModel& model, const Registry& registry,
              const RecordStore& store, const std::function<void(const CellProgress&)>& progress,
              CellRecord& record);

/// The record of a cell before anything is run: its identity.
CellRecord begin_record(const Plan& plan, const Cell& cell, const Registry& registry);

}  // namespace tuneval
