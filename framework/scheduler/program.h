#pragma once

#include <string>
#include <vector>

namespace tuneval {

/// How a program of the scheduler's ended, and what it said.
struct ProgramResult {
  int exit_code = 0;  ///< 128 and the signal's number where it died of one
  std::string out, err;
};

/// Runs a program to its end, without a shell: `arguments[0]` is searched on the PATH, its standard
/// input is empty. Throws SchedulerError where it cannot be started, saying that it is missing
/// where it is.
ProgramResult run_program(const std::vector<std::string>& arguments);

/// The same, and what it wrote to its standard output; a failure throws SchedulerError with what it
/// said. `purpose` is what it was to do: "the partitions cannot be listed".
std::string output_of(const std::vector<std::string>& arguments, const std::string& purpose);

}  // namespace tuneval
