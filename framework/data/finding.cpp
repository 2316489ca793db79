#include "framework/data/finding.h"

#include "tuneval/error.h"

namespace tuneval {

FaultHandler throwing() {
  return [](const std::string& where, const std::string& message) {
    throw DataError(where + ": " + message);
  };
}

FaultHandler collecting(std::vector<Finding>& findings) {
  return [&findings](const std::string& where, const std::string& message) {
    findings.push_back({Severity::error, where, message});
  };
}

std::string without_where(std::string_view message, std::string_view where) {
  if (!message.starts_with(where)) return std::string(message);
  message.remove_prefix(where.size());
  if (message.starts_with(": ")) message.remove_prefix(2);
  return std::string(message);
}

}  // namespace tuneval
