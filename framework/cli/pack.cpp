#include "framework/cli/commands.h"
#include "framework/data/check.h"
#include "framework/data/import.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tuneval::cli {

namespace {

void print(const Finding& finding) {
  fmt::print("{}: {}: {}\n", finding.severity == Severity::error ? "error" : "warning",
             finding.where, finding.message);
}

}  // namespace

void add_pack(CLI::App& app, Common& common) {
  CLI::App* pack = app.add_subcommand("pack", "Work on task packs");
  pack->require_subcommand(1);
  CLI::App* command = pack->add_subcommand("check", "Report every fault of a pack");
  auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "The pack")->required()->type_name("DIR");
  command->callback([folder, &common] {
    const PackReport report = check_pack(*folder, load_registry(common));
    for (const Finding& finding : report.findings) print(finding);
    fmt::print("{}: {} train rows, {} test rows, {} errors, {} warnings\n", *folder,
               report.train_rows, report.test_rows, report.errors(), report.warnings());
    common.exit_code = report.errors() == 0 ? kDone : kSomeFailed;
  });
}

void add_import(CLI::App& app, Common&) {
  struct Arguments {
    std::string format, source, to;
    ImportOptions options;
  };
  CLI::App* command = app.add_subcommand("import", "Make a pack of data in another format");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("format", arguments->format,
                   fmt::format("One of {}", fmt::join(import_formats(), ", ")))
      ->required();
  command->add_option("source", arguments->source, "The data's folder")->required();
  command->add_option("--to", arguments->to, "The pack to make")->required()->type_name("DIR");
  command->add_option("--input-column", arguments->options.input_column, "csv: column of the text");
  command->add_option("--label-column", arguments->options.label_column,
                      "csv: column of the class");
  command->add_option("--description", arguments->options.description, "csv: the job description");
  command->add_option("--licence", arguments->options.licence, "csv: licence of the data");
  command->callback([arguments] {
    const ImportReport report =
        import_pack(arguments->format, arguments->source, arguments->to, arguments->options);
    for (const Finding& finding : report.skipped) {
      fmt::print("skipped: {}: {}\n", finding.where, finding.message);
    }
    fmt::print("{}: {} train rows, {} test rows, {} skipped\n", arguments->to, report.train_rows,
               report.test_rows, report.skipped.size());
  });
}

}  // namespace tuneval::cli
