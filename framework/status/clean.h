#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

struct CleanOptions {
  bool cache = false;  ///< what a teacher and a judge answered too, which was paid for
};

/// A file or folder that the run's plan does not refer to.
struct Removable {
  std::filesystem::path path;
  std::string why;    ///< "of no cell of the plan", "cut off while it was written", …
  int64_t bytes = 0;  ///< all that is in it
};

/// Throws LeaseHeld where some process is at a cell. One on another machine that says nothing is
/// waited for (LeaseTiming::stale); what is found dead is given back.
void require_idle(const std::filesystem::path& output);

/// What `tuneval clean` would remove of a run folder, records first: records, predictions,
/// adapters, checkpoints, logs, states and leases of ids that OUTPUT/plan.json lacks; checkpoints
/// of cells that are done; states and leases of processes that have ended; hidden files that were
/// begun and never finished. Links are not followed: a folder that is one is left alone. Nothing is
/// changed. Throws RecordError where there is no plan.
std::vector<Removable> find_removable(const std::filesystem::path& output,
                                      const CleanOptions& options = {});

/// Removes them; of a link the link alone. Throws RecordError naming the first that stays.
void remove_all(const std::vector<Removable>& removable);

}  // namespace tuneval
