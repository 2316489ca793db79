#include "framework/record/store.h"

#include "framework/record/atomic_file.h"
#include "framework/record/stored_files.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <system_error>
#include <utility>

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

OpenedRecord open_file(const fs::path& file) {
  OpenedRecord opened = open_record(read_whole_file(file), file.string());
  if (opened.record.id != file.stem().string()) {
    throw RecordError(fmt::format("{}: \"id\" is \"{}\": expected the file's name", file.string(),
                                  opened.record.id));
  }
  return opened;
}

}  // namespace

RecordStore::RecordStore(fs::path output, Warn warn)
    : output_(std::move(output)), warn_(std::move(warn)) {
  if (!warn_) {
    // Not fmt::print, which throws where stderr is a file on a full disk.
    warn_ = [](const std::string& message) {
      std::fputs(fmt::format("warning: {}\n", message).c_str(), stderr);
    };
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

fs::path RecordStore::checkpoint_path(std::string_view id) const {
  check_id(id);
  return output_ / "checkpoints" / id;
}

fs::path RecordStore::cache_path() const { return output_ / "teacher_cache"; }

void RecordStore::write(const CellRecord& record, Seal seal) const {
  std::vector<StoredFile> files;
  if (seal == Seal::files) files = stored_files(*this, record);
  write_file_atomically(record_path(record.id), sealed_text(record, files));
}

CellRecord RecordStore::read(std::string_view id) const {
  return open_file(record_path(id)).record;
}

std::optional<OpenedRecord> RecordStore::open(std::string_view id) const {
  const fs::path file = record_path(id);
  std::error_code problem;
  if (!fs::exists(file, problem) && !problem) return std::nullopt;
  try {
    return open_file(file);
  } catch (const RecordError& error) {
    warn_(fmt::format("{}; the cell counts as not run", error.what()));
    return std::nullopt;
  }
}

std::optional<CellRecord> RecordStore::find(std::string_view id) const {
  std::optional<OpenedRecord> opened = open(id);
  if (!opened) return std::nullopt;
  return std::move(opened->record);
}

bool RecordStore::has_done(std::string_view id) const {
  const std::optional<OpenedRecord> opened = open(id);
  if (!opened || !opened->record.done()) return false;
  bool whole = true;
  for (const FileFault& fault : compare_files(output_, opened->files, FileCheck::sizes)) {
    if (fault.missing) continue;
    warn_(fmt::format("{}; the cell counts as not run", fault.message));
    whole = false;
  }
  return whole;
}

std::vector<FileFault> RecordStore::file_faults(std::string_view id, FileCheck check) const {
  return compare_files(output_, open_file(record_path(id)).files, check);
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
      stored.records.push_back(open_file(file).record);
    } catch (const RecordError& error) {
      stored.faults.emplace_back(error.what());
      stored.faulty.push_back(file.stem().string());
    }
  }
  return stored;
}

}  // namespace tuneval
