#pragma once

#include "framework/record/store.h"
#include "framework/report/exports/score_bar.h"
#include "framework/summary/summary.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// The forms of other programs that a run can be written in (docs/exports.md): "lm-eval",
/// "every-eval-ever", "junit", "mlflow".
const std::vector<std::string>& export_formats();
bool is_export_format(std::string_view format);

struct ExportOptions {
  /// Each format gets a folder of its name in it; empty: exports/ in the run folder.
  std::filesystem::path folder = {};
  std::vector<ScoreBar> bars = {};  ///< for "junit"
};

/// Writes the run in that format, and returns the files. The same records give the same files.
/// Predictions that are not there leave out what is made of them; one file that cannot be read
/// throws RecordError. Throws ManifestError for an unknown format.
std::vector<std::filesystem::path> write_export(std::string_view format, const Summary& summary,
                                                const RecordStore& store,
                                                const ExportOptions& options = {});

}  // namespace tuneval
