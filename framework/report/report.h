#pragma once

#include "framework/report/screen.h"
#include "framework/summary/summary.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// Aligned tables for a terminal of so many columns (terminal_text); ends with a newline.
std::string terminal_report(const Summary& summary, bool colour, size_t width = 0);
/// Fits a pull request (markdown_text).
std::string markdown_report(const Summary& summary);
/// One line a cell, a header line first.
std::string csv_report(const Summary& summary);
/// One line a model and ranking.
std::string ranking_csv(const Summary& summary);
/// Whether there is something to compare models with, or their answers before and after tuning.
bool has_comparison(const Summary& summary);
/// One line a model and task: beside what else its scores stand, and on which examples.
std::string comparison_csv(const Summary& summary);
/// Whether test rows say anything of the scores.
bool has_verdict(const Summary& summary);
/// One line a model and task: intervals of its scores, the test of what tuning gained, and of the
/// student against the teacher.
std::string verdict_csv(const Summary& summary);
/// One line a task, ranking and pair of models, then those over all tasks, with an empty task.
std::string pairs_csv(const Summary& summary);
nlohmann::ordered_json json_report(const Summary& summary);

/// The formats of our own: "markdown", "csv", "json", "html".
const std::vector<std::string>& report_formats();

/// Writes report.md, report.csv with ranking.csv (and comparison.csv, where has_comparison, and
/// verdict.csv and pairs.csv, where has_verdict),
/// summary.json, and report.html (perhaps with files of examples beside it) into `folder`, as
/// `formats` name them, and returns what it wrote; of export_formats() (exports/exports.h) what
/// they are made of goes into its folder exports/. The page and the exports are made of the
/// folder's records and predictions too, as far as it is a run folder. Throws ManifestError for an
/// unknown format, RecordError when writing fails.
std::vector<std::filesystem::path> write_report(const Summary& summary,
                                                const std::filesystem::path& folder,
                                                std::span<const std::string> formats);

}  // namespace tuneval
