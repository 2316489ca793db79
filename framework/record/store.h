#pragma once

#include "framework/record/envelope.h"
#include "framework/record/record.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Every record of a run folder that can be read, and a message for each that cannot.
struct StoredRecords {
  std::vector<CellRecord> records;  ///< by id
  std::vector<std::string> faults;
  std::vector<std::string> faulty;  ///< their ids: the files' names
};

/// How closely the files of a cell are looked at.
enum class FileCheck { sizes, contents };

/// What is wrong with a file of a cell, in one sentence that names it.
struct FileFault {
  std::string message;
  bool missing = false;  ///< it is not there at all, rather than not what was written
};

/// Whether a record tells what its cell's other files have to be.
enum class Seal { files, record_alone };

/// The records of a run folder:
///
///     OUTPUT/records/<id>.json              one a cell
///     OUTPUT/predictions/<id>.base.jsonl    every test example; <id>.tuned.jsonl after tuning
///     OUTPUT/adapters/<id>/                 the trained adapter
///     OUTPUT/checkpoints/<id>/              of a tuning under way
///     OUTPUT/teacher_cache/                 what a teacher and a judge answered
///
/// A record file is sealed (envelope.h): one that was changed by other hands cannot be read.
/// Several processes may write different cells of one folder at once.
class RecordStore {
 public:
  /// Is told of each record that cannot be read, in one sentence that names the file.
  using Warn = std::function<void(const std::string&)>;

  /// `output` need not exist: the first write makes it. Without `warn`, warnings go to stderr.
  explicit RecordStore(std::filesystem::path output, Warn warn = {});

  const std::filesystem::path& output() const { return output_; }
  /// An id is letters, digits, '-', '_' and '.', not starting with '.'; anything else throws
  /// RecordError.
  std::filesystem::path record_path(std::string_view id) const;
  std::filesystem::path predictions_path(std::string_view id, Stage stage) const;
  std::filesystem::path adapter_path(std::string_view id) const;
  std::filesystem::path checkpoint_path(std::string_view id) const;
  std::filesystem::path cache_path() const;

  /// Whole or not at all, and on the disk when this returns. Replaces an older record of that id.
  /// Predictions and adapter have to be there before: the record is written with their sizes and
  /// hashes, those that are missing left out. With `Seal::record_alone` it says nothing of them,
  /// for as long as they are about to change.
  void write(const CellRecord& record, Seal seal = Seal::files) const;
  /// Throws RecordError when there is none, or when it cannot be read.
  CellRecord read(std::string_view id) const;
  /// None when there is none. One that cannot be read is warned of and counts as none.
  std::optional<CellRecord> find(std::string_view id) const;
  /// Whether the cell needs no running again: it has a record, that is not of a failure, and none
  /// of its files has another size than was written; what has is warned of. A file that is missing
  /// was taken away, and does not count.
  bool has_done(std::string_view id) const;
  /// The files of a cell that are not as they were written. Throws as `read`.
  std::vector<FileFault> file_faults(std::string_view id, FileCheck check) const;
  /// Throws RecordError when the folder itself cannot be listed; one without records is empty.
  StoredRecords read_all() const;

 private:
  std::optional<OpenedRecord> open(std::string_view id) const;

  std::filesystem::path output_;
  Warn warn_;
};

}  // namespace tuneval
