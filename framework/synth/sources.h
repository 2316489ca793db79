#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// Rows without their answer, as JSON: of a .jsonl or .csv file. Throws DataError at the first
/// fault and for a file without rows.
std::vector<std::string> read_inputs(const std::filesystem::path& file);

/// Passages: of a .jsonl or .csv file the texts under "context", as `tuneval import` writes them
/// into unstructured.jsonl; of any other file what stands between blank lines. Throws DataError
/// likewise.
std::vector<std::string> read_passages(const std::filesystem::path& file);

/// Topics: the lines of the file of this name, or else the text split at commas. Throws
/// ManifestError where there are none.
std::vector<std::string> read_topics(const std::string& file_or_list);

}  // namespace tuneval
