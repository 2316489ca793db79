#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// One record of a .csv text: its fields, unquoted, and the line on which it begins.
struct CsvRecord {
  int64_t line = 1;
  std::vector<std::string> fields;
};

/// Takes a record; false ends the reading.
using CsvSink = std::function<bool(CsvRecord)>;
/// Is told of a record that cannot be read, by its first line; true goes on at the next line.
using CsvFault = std::function<bool(int64_t line, const std::string& message)>;

/// Splits a text into records after RFC 4180, with LF, CRLF or CR; blank lines are skipped.
void read_csv(std::string_view text, const CsvSink& sink, const CsvFault& fault);

}  // namespace tuneval
