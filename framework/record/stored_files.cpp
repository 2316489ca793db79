#include "framework/record/stored_files.h"

#include "framework/data/hash.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

/// An adapter may be larger than is good to hold.
constexpr size_t kPart = size_t{1} << 20;

StoredFile describe(const fs::path& output, const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  StoredFile found{file.lexically_relative(output).generic_string()};
  Sha256 hash;
  std::string part(kPart, '\0');
  while (stream.read(part.data(), std::streamsize(part.size())) || stream.gcount() > 0) {
    hash.add(std::string_view(part).substr(0, size_t(stream.gcount())));
    found.bytes += stream.gcount();
  }
  if (!stream.eof()) {
    throw RecordError(fmt::format("{}: cannot be read: {}", file.string(),
                                  std::generic_category().message(errno)));
  }
  found.sha256 = hash.hex();
  return found;
}

/// The files of one folder, without hidden ones.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (!hidden && entry->is_regular_file(problem)) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

FileFault torn(const fs::path& path, const std::string& found, const std::string& expected) {
  return {fmt::format("{}: {}: expected {}: it was changed after it was written", path.string(),
                      found, expected)};
}

}  // namespace

std::vector<StoredFile> stored_files(const RecordStore& store, const CellRecord& record) {
  std::vector<fs::path> paths;
  const auto add_predictions = [&](Stage stage) {
    const fs::path file = store.predictions_path(record.id, stage);
    std::error_code problem;
    if (fs::exists(file, problem)) paths.push_back(file);
  };
  if (record.base) add_predictions(Stage::base);
  if (record.tuned) add_predictions(Stage::tuned);
  if (record.tune && !record.tune->adapter.empty()) {
    const std::vector<fs::path> adapter = files_in(store.output() / record.tune->adapter);
    paths.insert(paths.end(), adapter.begin(), adapter.end());
  }
  std::vector<StoredFile> files;
  for (const fs::path& path : paths) files.push_back(describe(store.output(), path));
  std::ranges::sort(files, {}, &StoredFile::path);
  return files;
}

std::vector<FileFault> compare_files(const fs::path& output, const std::vector<StoredFile>& files,
                                     FileCheck check) {
  std::vector<FileFault> faults;
  for (const StoredFile& file : files) {
    const fs::path path = output / file.path;
    std::error_code problem;
    const uintmax_t bytes = fs::file_size(path, problem);
    if (problem) {
      const bool missing = problem == std::errc::no_such_file_or_directory;
      faults.push_back(
          {fmt::format("{}: {}", path.string(), missing ? "is missing" : problem.message()),
           missing});
    } else if (int64_t(bytes) != file.bytes) {
      faults.push_back(torn(path, fmt::format("has {} bytes", bytes), fmt::to_string(file.bytes)));
    } else if (check == FileCheck::contents) {
      const std::string found = describe(output, path).sha256;
      if (found != file.sha256) faults.push_back(torn(path, "SHA-256 " + found, file.sha256));
    }
  }
  return faults;
}

}  // namespace tuneval
