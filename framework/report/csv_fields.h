#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// A field after RFC 4180.
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// The shortest text that reads back as the same number; empty for none.
template <class Number>
std::string csv_number(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

inline std::string csv_line(const std::vector<std::string>& fields) {
  std::string text;
  for (size_t i = 0; i < fields.size(); ++i) text += (i ? "," : "") + fields[i];
  return text + "\n";
}

}  // namespace tuneval
