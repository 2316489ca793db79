#include "framework/record/store.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <system_error>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

/// An id becomes part of file names: it must not lead out of the run folder.
void check_id(std::string_view id) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  };
  if (id.empty() || id[0] == '.' || !std::ranges::all_of(id, fits)) {
    throw RecordError(
        fmt::format("\"{}\" is no cell id: expected letters, digits, \"-\", \"_\" and \".\"", id));
  }
}

bool is_record_file(const fs::path& file) {
  return file.extension() == ".json" && !file.filename().string().starts_with('.');
}

CellRecord read_record(const fs::path& file) {
  CellRecord record = parse_record(read_whole_file(file), file.string());
  if (record.id != file.stem().string()) {
    throw RecordError(
        fmt::format("{}: \"id\" is \"{}\": expected the file's name", file.string(), record.id));
  }
  return record;
}

}  // namespace

RecordStore::RecordStore(fs::path output, Warn warn)
    : output_(std::move(output)), warn_(std::move(warn)) {
  if (!warn_) {
    warn_ = [](const std::string& message) { fmt::print(stderr, "warning: {}\n", message); };
  }
}

fs::path RecordStore::record_path(std::string_view id) const {
  check_id(id);
  return output_ / "records" / fmt::format("{}.json", id);
}

fs::path RecordStore::predictions_path(std::string_view id, Stage stage) const {
  check_id(id);
  return output_ / "predictions" / fmt::format("{}.{}.jsonl", id, to_string(stage));
}

fs::path RecordStore::adapter_path(std::string_view id) const {
  check_id(id);
  return output_ / "adapters" / id;
}

fs::path RecordStore::cache_path() const { return output_ / "teacher_cache"; }

void RecordStore::write(const CellRecord& record) const {
  write_file_atomically(record_path(record.id), json_text(to_json(record), 2) + "\n");
}

CellRecord RecordStore::read(std::string_view id) const { return read_record(record_path(id)); }

std::optional<CellRecord> RecordStore::find(std::string_view id) const {
  const fs::path file = record_path(id);
  std::error_code problem;
  if (!fs::exists(file, problem) && !problem) return std::nullopt;
  try {
    return read_record(file);
  } catch (const RecordError& error) {
    warn_(fmt::format("{}; the cell counts as not run", error.what()));
    return std::nullopt;
  }
}

bool RecordStore::has_done(std::string_view id) const {
  const std::optional<CellRecord> record = find(id);
  return record && record->done();
}

StoredRecords RecordStore::read_all() const {
  const fs::path folder = output_ / "records";
  StoredRecords stored;
  std::error_code problem;
  if (!fs::exists(folder, problem) && !problem) return stored;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (is_record_file(entry->path())) files.push_back(entry->path());
  }
  if (problem) {
    throw RecordError(fmt::format("{}: cannot be listed: {}", folder.string(), problem.message()));
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    try {
      stored.records.push_back(read_record(file));
    } catch (const RecordError& error) {
      stored.faults.emplace_back(error.what());
    }
  }
  return stored;
}

}  // namespace tuneval
