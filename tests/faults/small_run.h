#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tuneval::testing {

/// The cells of `write_small_run`.
constexpr size_t kSmallRunCells = 12;

/// Writes FOLDER/run.toml and its packs: two tiny models on six tasks of a few rows, which take
/// seconds; `tuning` are further lines of [tuning]. Returns the manifest.
std::filesystem::path write_small_run(const std::filesystem::path& folder,
                                      const std::string& tuning);

/// Fails the test unless both run folders hold the same cells, done, whole and to the byte, but for
/// times, memory and energy.
void expect_same_runs(const std::filesystem::path& found, const std::filesystem::path& expected);
/// The same of one cell.
void expect_same_cell(const std::filesystem::path& found, const std::filesystem::path& expected,
                      const std::string& id);

/// Files and folders of a run folder that were begun and never finished, relative to it.
std::vector<std::string> begun_files(const std::filesystem::path& output);
/// Entries of a folder that is perhaps not there.
size_t count_entries(const std::filesystem::path& folder);

}  // namespace tuneval::testing
