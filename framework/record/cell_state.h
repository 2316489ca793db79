#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Where a cell stands that some process is at work on: OUTPUT/state/<id>.json. The file goes when
/// the cell has ended; one of a process that was killed stays until the cell is run again, so look
/// at `updated`, and at the cell's lease.
struct RunningCell {
  std::string stage;             ///< as CellProgress::stage; "load" before the first
  int64_t done = 0, total = 0;   ///< test rows, or optimizer steps
  int64_t tokens = 0;            ///< computed in this stage
  double loss = 0.0;             ///< of the last step, while tuning
  std::string started, updated;  ///< UTC, as CellRecord's
  int64_t pid = 0;
  std::string host;
  int64_t attempt = 1;  ///< from 1: how often the cell was begun
};

/// Throws RecordError for what is no cell id.
std::filesystem::path cell_state_path(const std::filesystem::path& output, std::string_view id);

/// Whole or not at all. Throws RecordError.
void write_cell_state(const std::filesystem::path& output, std::string_view id,
                      const RunningCell& state);
/// None where there is none, or none that can be read.
std::optional<RunningCell> read_cell_state(const std::filesystem::path& output,
                                           std::string_view id);
void remove_cell_state(const std::filesystem::path& output, std::string_view id);

/// OUTPUT/logs/<id>.log: what the processes wrote to their outputs that ran the cell.
std::filesystem::path cell_log_path(const std::filesystem::path& output, std::string_view id);
/// The last lines of a cell's log, at most so many; what is no text of UTF-8 is replaced.
std::vector<std::string> last_log_lines(const std::filesystem::path& output, std::string_view id,
                                        size_t most);

/// This machine's name.
std::string host_name();

}  // namespace tuneval
