#include "framework/report/report.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "framework/report/exports/exports.h"
#include "framework/report/html_report.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuneval {

const std::vector<std::string>& report_formats() {
  static const std::vector<std::string> names = {"markdown", "csv", "json", "html"};
  return names;
}

std::vector<std::filesystem::path> write_report(const Summary& summary,
                                                const std::filesystem::path& folder,
                                                std::span<const std::string> formats) {
  for (const std::string& format : formats) {
    if (std::ranges::find(report_formats(), format) == report_formats().end() &&
        !is_export_format(format)) {
      throw ManifestError(fmt::format(
          "the report format \"{}\" is unknown: expected \"{}\" or \"{}\"", format,
          fmt::join(report_formats(), "\" or \""), fmt::join(export_formats(), "\" or \"")));
    }
  }
  std::vector<std::filesystem::path> written;
  const auto write = [&](const std::string& name, const std::string& text) {
    written.push_back(folder / name);
    write_file_atomically(written.back(), text);
  };
  const auto wanted = [&](std::string_view format) {
    return std::ranges::find(formats, format) != formats.end();
  };
  if (wanted("markdown")) write("report.md", markdown_report(summary));
  if (wanted("csv")) write("report.csv", csv_report(summary));
  if (wanted("csv")) write("ranking.csv", ranking_csv(summary));
  if (wanted("csv") && has_comparison(summary)) write("comparison.csv", comparison_csv(summary));
  if (wanted("csv") && has_verdict(summary)) {
    write("verdict.csv", verdict_csv(summary));
    write("pairs.csv", pairs_csv(summary));
  }
  if (wanted("json")) write("summary.json", json_text(json_report(summary), 2) + "\n");
  if (wanted("html")) {
    const HtmlReport report = html_report(summary, RecordStore(folder));
    write("report.html", report.page);
    for (const auto& [name, text] : report.files) write(name, text);
  }
  for (const std::string& format : export_formats()) {
    if (!wanted(format)) continue;
    for (auto& file : write_export(format, summary, RecordStore(folder))) {
      written.push_back(std::move(file));
    }
  }
  return written;
}

}  // namespace tuneval
