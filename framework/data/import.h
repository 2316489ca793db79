#pragma once

#include "framework/data/finding.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What a format cannot read from its source. A format refuses what it has no use for.
struct ImportOptions {
  std::string input_column = {};  ///< csv: column of the text; "input" when empty
  std::string label_column = {};  ///< csv: column of the class; "label" when empty
  std::string description = {};   ///< csv: the job description
  std::string licence = {};       ///< csv: SPDX name of the data's licence
};

/// What came of an import.
struct ImportReport {
  int64_t train_rows = 0;
  int64_t test_rows = 0;
  std::vector<Finding> skipped;  ///< rows left out, each with the reason
};

/// Names of the formats, sorted.
std::vector<std::string> import_formats();

/// Makes a pack of the data in `source`, at `destination`, which must not exist or be an empty
/// folder. The pack appears whole or not at all; importing again gives the same bytes. The training
/// split loses every row whose input is in the test split or was there before; the test split is
/// left as it is. Throws ManifestError for an unknown format or option, DataError for what is wrong
/// with the source.
ImportReport import_pack(std::string_view format, const std::filesystem::path& source,
                         const std::filesystem::path& destination,
                         const ImportOptions& options = {});

}  // namespace tuneval
