#include "framework/report/exports/exports.h"

#include "framework/record/atomic_file.h"
#include "framework/report/exports/formats.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuneval {

void ExportFolder::write(const std::filesystem::path& relative, std::string_view text) {
  written_.push_back(path_ / relative);
  write_file_atomically(written_.back(), text);
}

const std::vector<std::string>& export_formats() {
  static const std::vector<std::string> names = {"lm-eval", "every-eval-ever", "junit", "mlflow"};
  return names;
}

bool is_export_format(std::string_view format) {
  return std::ranges::find(export_formats(), format) != export_formats().end();
}

std::vector<std::filesystem::path> write_export(std::string_view format, const Summary& summary,
                                                const RecordStore& store,
                                                const ExportOptions& options) {
  if (!is_export_format(format)) {
    throw ManifestError(fmt::format("the export format \"{}\" is unknown: expected \"{}\"", format,
                                    fmt::join(export_formats(), "\" or \"")));
  }
  ExportFolder folder((options.folder.empty() ? store.output() / "exports" : options.folder) /
                      format);
  if (format == "lm-eval") write_lm_eval(store, folder);
  if (format == "every-eval-ever") write_every_eval_ever(store, folder);
  if (format == "junit") write_junit(summary, options.bars, folder);
  if (format == "mlflow") write_mlflow(store, folder);
  return folder.written();
}

}  // namespace tuneval
