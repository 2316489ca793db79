#include "framework/synth/sources.h"

#include "framework/data/rows.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace tuneval {

namespace {

/// The parts of a text between separators, without the space around them; empty ones are left out.
std::vector<std::string> parts(std::string_view text, std::string_view separator) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = trim(text.substr(0, end));
    if (!part.empty()) found.emplace_back(part);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return found;
}

/// The text of a file, with line breaks as they are here.
std::string read_text(const std::filesystem::path& file) {
  const std::string whole = read_file(file);
  if (const size_t bad = find_invalid_utf8(whole); bad != whole.size()) {
    throw DataError(fmt::format("{}: byte {} is not valid UTF-8", file.string(), bad + 1));
  }
  std::string text;
  for (const char c : whole) {
    if (c != '\r') text += c;
  }
  return text;
}

void require_some(const std::vector<std::string>& all, const std::filesystem::path& file,
                  const char* what) {
  if (all.empty()) throw DataError(fmt::format("{}: holds no {}", file.string(), what));
}

}  // namespace

std::vector<std::string> read_inputs(const std::filesystem::path& file) {
  std::vector<std::string> inputs;
  for (const Row& row : read_rows(file)) inputs.push_back(row.json());
  require_some(inputs, file, "rows");
  return inputs;
}

std::vector<std::string> read_passages(const std::filesystem::path& file) {
  std::vector<std::string> passages;
  if (is_data_file(file)) {
    for (const Row& row : read_rows(file)) {
      passages.push_back(row.text("context"));
      if (trim(passages.back()).empty()) row.fail("context", "is empty");
    }
  } else {
    passages = parts(read_text(file), "\n\n");
  }
  require_some(passages, file, "passages");
  return passages;
}

std::vector<std::string> read_topics(const std::string& file_or_list) {
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(file_or_list, error);
  std::vector<std::string> topics =
      is_file ? parts(read_text(file_or_list), "\n") : parts(file_or_list, ",");
  if (topics.empty())
    throw ManifestError(fmt::format("--topics {}: holds no topics", file_or_list));
  return topics;
}

}  // namespace tuneval
