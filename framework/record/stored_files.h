#pragma once

#include "framework/record/store.h"

#include <filesystem>
#include <vector>

namespace tuneval {

/// The files of a cell that are there now, by path: predictions of the stages that it scored, and
/// the adapter's. Throws RecordError for one that cannot be read.
std::vector<StoredFile> stored_files(const RecordStore& store, const CellRecord& record);

/// Those of `files` that are not there, or not as they were; `output` is the run folder.
std::vector<FileFault> compare_files(const std::filesystem::path& output,
                                     const std::vector<StoredFile>& files, FileCheck check);

}  // namespace tuneval
