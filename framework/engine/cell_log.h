#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tuneval {

/// Sends what the process writes to its standard outputs to a file, behind what is there, for as
/// long as it lives.
class CellLog {
 public:
  /// Where the file cannot be opened, everything stays as it is.
  explicit CellLog(const std::filesystem::path& file);
  CellLog(const CellLog&) = delete;
  CellLog& operator=(const CellLog&) = delete;
  ~CellLog();

  /// From 1: how many attempts the log has told of, with this one.
  int64_t attempt() const { return attempt_; }

 private:
  int64_t attempt_ = 1;
  int out_ = -1, err_ = -1;  ///< what the outputs were before
};

/// Opens a log to write behind what is there, its folder made; −1 where that cannot be.
int open_log(const std::filesystem::path& file);

}  // namespace tuneval
