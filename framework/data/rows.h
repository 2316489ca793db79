#pragma once

#include "framework/data/finding.h"
#include "tuneval/task/example.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// No line of a .jsonl file and no record of a .csv file may be longer, in bytes.
inline constexpr int64_t kLongestRow = int64_t{16} << 20;
/// No file of a pack or a data set may be larger, in bytes: all of it is read into memory.
inline constexpr int64_t kLargestFile = int64_t{1} << 30;

/// Reads a data file, .jsonl or .csv, into rows whose `where()` is "file:line".
///
/// UTF-8, with or without a byte order mark; blank lines are skipped. In a .csv file (RFC 4180, any
/// line ending) the first record names the keys, every value is a string, and a row stands at the
/// line where its record begins; a first column without a name, as data frames write their index,
/// is dropped. `limit`: at most so many rows, the first ones; 0: all. Throws DataError at the first
/// fault.
std::vector<Row> read_rows(const std::filesystem::path& file, int64_t limit = 0);

/// The same, with every fault handed to `fault`; rows with a fault are left out.
std::vector<Row> read_rows(const std::filesystem::path& file, int64_t limit,
                           const FaultHandler& fault);

/// Whether `file` ends in one of the two names that read_rows can read.
bool is_data_file(const std::filesystem::path& file);

/// The whole of a file. Throws DataError when it cannot be read or is larger than kLargestFile.
std::string read_file(const std::filesystem::path& file);

/// Byte offset of the first byte that is not valid UTF-8; `text.size()` when all is.
size_t find_invalid_utf8(std::string_view text);

}  // namespace tuneval
