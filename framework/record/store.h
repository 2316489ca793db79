#pragma once

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
};

/// The records of a run folder:
///
///     OUTPUT/records/<id>.json              one a cell
///     OUTPUT/predictions/<id>.base.jsonl    every test example; <id>.tuned.jsonl after tuning
///     OUTPUT/adapters/<id>/                 the trained adapter
///     OUTPUT/teacher_cache/                 what a teacher and a judge answered
///
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
  std::filesystem::path cache_path() const;

  /// Whole or not at all, and on the disk when this returns. Replaces an older record of that id.
  void write(const CellRecord& record) const;
  /// Throws RecordError when there is none, or when it cannot be read.
  CellRecord read(std::string_view id) const;
  /// None when there is none. One that cannot be read is warned of and counts as none.
  std::optional<CellRecord> find(std::string_view id) const;
  /// Whether the cell needs no running again: it has a record, and that is not of a failure.
  bool has_done(std::string_view id) const;
  /// Throws RecordError when the folder itself cannot be listed; one without records is empty.
  StoredRecords read_all() const;

 private:
  std::filesystem::path output_;
  Warn warn_;
};

}  // namespace tuneval
