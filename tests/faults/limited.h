#pragma once

#include "tests/end_to_end/program.h"

#include <string>
#include <vector>

namespace tuneval::testing {

/// Runs the program behind lines of bash that set limits or variables, mount something, or wrap it:
/// `limited("ulimit -n 20; exec", {"plan", …})`. The program and its arguments stand behind them.
Outcome limited(const std::string& before, const std::vector<std::string>& arguments);

/// The same for another program.
Outcome limited(const std::string& before, const std::string& program,
                const std::vector<std::string>& arguments);

}  // namespace tuneval::testing
