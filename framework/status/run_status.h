#pragma once

#include "framework/plan/estimate_check.h"
#include "framework/plan/plan_file.h"
#include "framework/record/cell_state.h"
#include "framework/record/lease.h"
#include "framework/record/store.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

enum class Standing {
  done,
  running,
  failed,
  damaged,  ///< its record or predictions are not as they were written: it runs again
  left,     ///< no record, and nobody is at it
};
std::string_view to_string(Standing standing);  ///< "done", …, "left"

/// Where one cell of a run stands.
struct CellStanding {
  std::string id, title, task;
  CellKind kind = CellKind::model;
  Standing standing = Standing::left;
  /// One line: why it failed or is damaged, how far it is, where it was left; else empty.
  std::string detail = {};
  std::optional<RunningCell> at = {};  ///< of a running cell, or one that was cut off
  CellEstimate estimate = {};          ///< zeros where no plan is there
  double seconds = 0.0;                ///< of a done or failed one
  int64_t peak_memory_bytes = 0;       ///< as seconds
};

/// A record that the run's plan does not know: of an earlier state of the manifest.
struct StaleRecord {
  std::string id, title, task;
};

struct RunStatus {
  std::filesystem::path output;
  bool planned = false;             ///< whether there is a plan.json; else records alone speak
  std::vector<CellStanding> cells;  ///< in the plan's order
  std::vector<StaleRecord> stale;   ///< by id
  std::vector<std::string> notes;   ///< files that are missing, records that nobody can read
  std::vector<EstimateCheck> checks;
  std::optional<LeaseHolder> holder;  ///< who runs it, as far as is known
  /// Of computing, for what is left and running: the estimates, corrected by what done cells took.
  /// 0 where no cell that is left has an estimate.
  double seconds_left = 0.0;

  int64_t count(Standing standing) const;
};

struct StatusOptions {
  FileCheck check = FileCheck::sizes;
  /// What a scheduler says of cells, by id: of those that it still has ("queued (Resources)"), and
  /// of those that it has no more ("ended: TIMEOUT on n1").
  std::map<std::string, std::string> queued = {}, ended = {};
};

/// Reads OUTPUT/plan.json, records, and the states and leases of cells at work. Changes nothing.
/// Throws RecordError for a folder that is no run's, and for a plan that cannot be read.
RunStatus read_status(const std::filesystem::path& output, const StatusOptions& options = {});

}  // namespace tuneval
