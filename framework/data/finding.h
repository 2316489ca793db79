#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

enum class Severity { error, warning };

/// One thing that is wrong with a pack.
struct Finding {
  Severity severity = Severity::error;
  std::string where;    ///< "file:line", "file:line:column", or a file alone
  std::string message;  ///< what, expected, found

  /// `where: message`.
  std::string text() const { return where + ": " + message; }
};

/// Is told of every fault. One that throws ends the reading; one that returns gets the next fault.
using FaultHandler = std::function<void(const std::string& where, const std::string& message)>;

/// Throws the fault as a DataError.
FaultHandler throwing();
/// Keeps the faults as errors in `findings`, which must outlive the handler.
FaultHandler collecting(std::vector<Finding>& findings);

/// An error's message without the place it starts with.
std::string without_where(std::string_view message, std::string_view where);

}  // namespace tuneval
