#include "framework/report/report.h"
#include "framework/cli/commands.h"
#include "framework/cli/report_flags.h"
#include "framework/manifest/manifest.h"
#include "framework/plan/plan_file.h"
#include "framework/record/store.h"
#include "framework/report/exports/exports.h"
#include "framework/status/planned_cells.h"
#include "framework/summary/comparison.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace tuneval::cli {
namespace {

std::vector<ScoreBar> score_bars(const std::vector<std::string>& texts) {
  std::vector<ScoreBar> bars;
  for (const std::string& text : texts) bars.push_back(score_bar(text));
  return bars;
}

/// The folder's plan; none without one that can be read, and then records alone speak.
std::optional<PlanFile> plan_of(const RecordStore& store) {
  const std::filesystem::path file = plan_file_path(store.output());
  if (!std::filesystem::exists(file)) return std::nullopt;
  try {
    return read_plan_file(file);
  } catch (const Error& error) {
    fmt::print(stderr, "tuneval: {}\n", error.what());
  }
  return std::nullopt;
}

/// [report] of the run's manifest; none where that is not to be read any more.
std::optional<ReportOptions> report_of(const PlanFile& plan) {
  try {
    return read_manifest(plan.manifest, plan.set).report;
  } catch (const Error& error) {
    fmt::print(stderr, "tuneval: the run's [report] is left out: {}\n", error.what());
  }
  return std::nullopt;
}

/// The reports into the run folder, the rest to where the options say.
std::vector<std::filesystem::path> write_formats(const Summary& summary, const RecordStore& store,
                                                 const std::vector<std::string>& formats,
                                                 const ExportOptions& options) {
  std::vector<std::string> reports, exports;
  for (const std::string& format : formats) {
    (is_export_format(format) ? exports : reports).push_back(format);
  }
  std::vector<std::filesystem::path> files = write_report(summary, store.output(), reports);
  for (const std::string& format : exports) {
    for (auto& file : write_export(format, summary, store, options)) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace

void add_report(CLI::App& app, Common& common) {
  struct Arguments {
    std::string folder;
    ReportOptions report;
    std::vector<std::string> formats = report_formats(), bars;
    std::string to;
  };
  CLI::App* command =
      app.add_subcommand("report", "Write the report of a run folder again, without a model");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("folder", arguments->folder, "The run folder")->required()->type_name("DIR");
  add_report_flags(*command, arguments->report);
  command
      ->add_option("--format", arguments->formats,
                   fmt::format("{}; for other programs {}", fmt::join(report_formats(), ", "),
                               fmt::join(export_formats(), ", ")))
      ->capture_default_str()
      ->delimiter(',');
  command
      ->add_option("--to", arguments->to,
                   "Where what is for other programs goes, a folder each [DIR/exports]")
      ->type_name("DIR");
  command
      ->add_option("--fail-below", arguments->bars,
                   "A score that every cell, or those of one task, has to reach: a failure in "
                   "junit, and exit code 1")
      ->type_name("[TASK=]SCORE");
  command->add_flag("--quiet,-q", common.quiet, "Only write the files");
  command->callback([arguments, command, &common] {
    const RecordStore store(std::filesystem::absolute(arguments->folder));
    const StoredRecords stored = store.read_all();
    for (const std::string& fault : stored.faults) fmt::print(stderr, "tuneval: {}\n", fault);
    if (stored.records.empty()) {
      throw RecordError(fmt::format("{}: no records: expected a run folder with records/*.json",
                                    arguments->folder));
    }
    const std::optional<PlanFile> plan = plan_of(store);
    if (const auto run = plan ? report_of(*plan) : std::nullopt) {
      fill_unset(*command, arguments->report, *run);
      if (command->count("--format") == 0) arguments->formats = run->formats;
    }
    SummaryOptions options = summary_options(arguments->report);
    if (plan) options.planned = planned_cells(*plan, stored.records);
    options.predictions = predictions_in(store);
    const Summary summary = summarise(stored.records, options);
    ExportOptions exports;
    exports.bars = score_bars(arguments->bars);
    if (!arguments->to.empty()) exports.folder = std::filesystem::absolute(arguments->to);
    const std::vector<std::string> missed = missed_bars(summary, exports.bars);
    const auto files = write_formats(summary, store, arguments->formats, exports);
    if (!common.quiet) {
      fmt::print("{}", terminal_report(summary, wants_colour(stdout), screen_width(stdout)));
      for (const auto& file : files) fmt::print("wrote {}\n", file.string());
    }
    for (const std::string& sentence : missed) fmt::print(stderr, "tuneval: {}\n", sentence);
    common.exit_code = stored.faults.empty() && missed.empty() ? kDone : kSomeFailed;
  });
}

}  // namespace tuneval::cli
