#pragma once

#include "framework/record/record.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// A file of a cell beside its record, as it was when the record was written.
struct StoredFile {
  std::string path;  ///< relative to the run folder, with "/": "predictions/<id>.base.jsonl"
  int64_t bytes = 0;
  std::string sha256 = {};  ///< 64 hexadecimal digits

  bool operator==(const StoredFile&) const = default;
};

/// What a record file holds.
struct OpenedRecord {
  CellRecord record;
  std::vector<StoredFile> files;  ///< none in files that are older than this list
  bool sealed = false;            ///< whether it has a checksum; older files have none
};

/// The text of a record file: the record's keys, then "files" where there are some, and last
/// "checksum", the SHA-256 of all that stands before it: of the same JSON without that key,
/// indented by two.
std::string sealed_text(const CellRecord& record, const std::vector<StoredFile>& files);

/// Reads such a text. Throws RecordError where it is not what was written: torn, cut off, or
/// changed by other hands; and as `parse_record` does. A text without a checksum is taken as it is.
OpenedRecord open_record(std::string_view text, std::string_view where);

}  // namespace tuneval
