#pragma once

#include "framework/data/finding.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What a format cannot read from its source. A format refuses what it has no use for.
struct ImportOptions {
  std::string input_column = {};          ///< csv: column of the text; "input" when empty
  std::string label_column = {};          ///< csv: column of the class; "label" when empty
  std::string description = {};           ///< the job description, in place of the format's own
  std::string licence = {};               ///< SPDX name of the data's licence, likewise
  std::string question_column = {};       ///< csv: column of the question; "question" when empty
  std::string answer_column = {};         ///< csv: column of the answer; "answer" when empty
  std::string context_column = {};        ///< csv: column of the passage; none when empty
  std::string task_type = {};             ///< squad2, distil: what the rows become
  std::string labels = {};                ///< trec: "coarse" or "fine"; coarse when empty
  bool underscore_names = false;          ///< bfcl: dots in function names become underscores
  std::optional<int64_t> seed = {};       ///< decides the split that is made where there is none; 0
  std::optional<double> test_share = {};  ///< of the rows, for such a split; 0.2
};

/// What came of an import.
struct ImportReport {
  int64_t train_rows = 0;
  int64_t test_rows = 0;
  int64_t unstructured_rows = 0;   ///< passages beside the rows
  std::vector<Finding> skipped;    ///< rows left out, each with the reason
  std::vector<std::string> notes;  ///< what else of the source was left aside
};

/// Names of the formats, sorted.
std::vector<std::string> import_formats();

/// Makes a pack of the data in `source`, at `destination`, which must not exist or be an empty
/// folder. The pack appears whole or not at all; importing again gives the same bytes. The training
/// split loses every row whose prompt is in the test split or was there before; a test split that
/// the source has is left as it is. Throws ManifestError for an unknown format or option, DataError
/// for what is wrong with the source, what NewFolder throws for `destination`.
ImportReport import_pack(std::string_view format, const std::filesystem::path& source,
                         const std::filesystem::path& destination,
                         const ImportOptions& options = {});

}  // namespace tuneval
