#pragma once

#include "framework/conformance/conformance.h"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Thrown inside a check to end it as failed.
struct CheckFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown inside a check to end it as skipped.
struct CheckSkipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename... Args>
[[noreturn]] void fail_check(fmt::format_string<Args...> format, Args&&... args) {
  throw CheckFailed(fmt::format(format, std::forward<Args>(args)...));
}

/// Runs the checks of one subject and collects their results.
class Checker {
 public:
  /// `of` is the subject's kind as in kChecks, e.g. "metric".
  Checker(std::string_view of, std::string_view name, std::vector<CheckResult>& results)
      : of_(of), subject_(fmt::format("{} {}", of, name)), results_(results) {}

  /// Runs `body`, which returns what it saw, or throws: CheckSkipped skips, anything else fails.
  /// Returns whether the check passed. Throws std::logic_error for a check that kChecks lacks.
  bool run(std::string_view check, const std::function<std::string()>& body);

  /// Every check of this kind that has no result yet is skipped for this reason.
  void skip_rest(const std::string& why);

 private:
  std::string of_, subject_;
  std::vector<CheckResult>& results_;
};

}  // namespace tuneval
