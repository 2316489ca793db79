#pragma once

#include "framework/engine/death.h"
#include "framework/engine/engine.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tuneval {

/// What becomes of cells whose workers told of their end, or died: counts, failed records, and
/// which are tried again.
class Verdicts {
 public:
  Verdicts(const Plan& plan, const Registry& registry, const RecordStore& store,
           RunListener& listener, int64_t retries)
      : plan_(plan), registry_(registry), store_(store), listener_(listener), retries_(retries) {}

  const RunCounts& counts() const { return counts_; }

  void skipped(const Cell& cell);
  void held(const Cell& cell, const std::string& why);
  /// A worker says that the cell has ended; `why`: that it failed. Whether it is tried again.
  bool ended(const Cell& cell, const std::string& why);
  /// A worker died at `blamed`, one of those that it had `left`; `began` (UTC) and `since` are the
  /// cell's, or the worker's own where it had not begun. Returns the cells that are still to run.
  std::vector<const Cell*> died(const Cell& blamed, const std::vector<const Cell*>& left,
                                const Death& death, const std::string& began,
                                std::chrono::steady_clock::time_point since);

 private:
  bool try_again(const Cell& cell, const std::string& why);
  void fail(const Cell& cell, CellError error, const Death* death, const std::string& began,
            double seconds);

  const Plan& plan_;
  const Registry& registry_;
  const RecordStore& store_;
  RunListener& listener_;
  const int64_t retries_;
  std::map<const Cell*, int64_t> retried_;
  RunCounts counts_;
};

}  // namespace tuneval
