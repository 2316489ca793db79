#pragma once

#include "tests/faults/process.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tuneval::testing {

/// What can be seen of a run from beside it, by its folder and its processes.
class RunView {
 public:
  explicit RunView(std::filesystem::path output) : output_(std::move(output)) {}

  size_t records() const { return names_in("records").size(); }
  /// Where a worker stands; empty where it is at no cell.
  std::string stage_of(pid_t worker) const;
  /// Whether one of its workers is at a cell.
  bool has_begun(const Process& process) const;
  /// What the run is at: "start", "planning", "cell: tune", …
  std::string activity(const Process& process) const;

 private:
  std::vector<std::string> names_in(const char* folder) const;

  const std::filesystem::path output_;
};

}  // namespace tuneval::testing
