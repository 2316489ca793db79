#include "framework/report/report.h"
#include "framework/cli/commands.h"
#include "framework/record/store.h"
#include "framework/summary/comparison.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval::cli {

void add_report(CLI::App& app, Common& common) {
  struct Arguments {
    std::string folder, interval = "published";
    std::vector<std::string> formats = report_formats();
  };
  CLI::App* command = app.add_subcommand(
      "report", "Write the report of a run folder again, from its records alone");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("folder", arguments->folder, "The run folder")->required()->type_name("DIR");
  command->add_option("--interval", arguments->interval, "published or student_t")
      ->capture_default_str();
  command->add_option("--format", arguments->formats, "markdown, csv, json, html")
      ->capture_default_str()
      ->delimiter(',');
  command->add_flag("--quiet,-q", common.quiet, "Only write the files");
  command->callback([arguments, &common] {
    const RecordStore store(std::filesystem::absolute(arguments->folder));
    const StoredRecords stored = store.read_all();
    for (const std::string& fault : stored.faults) fmt::print(stderr, "tuneval: {}\n", fault);
    if (stored.records.empty()) {
      throw RecordError(fmt::format("{}: no records: expected a run folder with records/*.json",
                                    arguments->folder));
    }
    SummaryOptions options;
    options.interval = interval_method(arguments->interval);
    options.predictions = predictions_in(store);
    const Summary summary = summarise(stored.records, options);
    const auto files = write_report(summary, store.output(), arguments->formats);
    if (!common.quiet) {
      fmt::print("{}", terminal_report(summary, wants_colour(stdout)));
      for (const auto& file : files) fmt::print("wrote {}\n", file.string());
    }
    common.exit_code = stored.faults.empty() ? kDone : kSomeFailed;
  });
}

}  // namespace tuneval::cli
