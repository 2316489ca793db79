#include "framework/data/import.h"
#include "framework/cli/commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tuneval::cli {

namespace {

/// The options that some formats take; a format refuses what it has no use for.
void add_options(CLI::App& command, ImportOptions& options) {
  const std::string group = "Of some formats";
  const auto text = [&](const char* name, std::string& value, const char* help) {
    command.add_option(name, value, help)->group(group);
  };
  text("--input-column", options.input_column, "csv: column of the text");
  text("--label-column", options.label_column, "csv: column of the class");
  text("--question-column", options.question_column, "csv: column of the question");
  text("--answer-column", options.answer_column, "csv: column of the answer");
  text("--context-column", options.context_column, "csv: column of the passage");
  text("--description", options.description, "the job description");
  text("--licence", options.licence, "licence of the data");
  text("--task-type", options.task_type, "squad2, distil: what the rows become");
  text("--labels", options.labels, "trec: coarse (6 classes, the default) or fine (50)");
  command
      .add_flag("--underscore-names", options.underscore_names,
                "bfcl: dots in function names become underscores")
      ->group(group);
  command.add_option("--seed", options.seed, "where rows are split: decides how; 0 unless given")
      ->group(group);
  command
      .add_option("--test-share", options.test_share,
                  "where rows are split: the test rows' share; 0.2 unless given")
      ->group(group);
}

}  // namespace

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
  command->add_option("source", arguments->source, "The data: a folder or a file")->required();
  command->add_option("--to", arguments->to, "The pack to make")->required()->type_name("DIR");
  add_options(*command, arguments->options);
  command->callback([arguments] {
    const ImportReport report =
        import_pack(arguments->format, arguments->source, arguments->to, arguments->options);
    for (const Finding& finding : report.skipped) {
      fmt::print("skipped: {}: {}\n", finding.where, finding.message);
    }
    for (const std::string& note : report.notes) fmt::print("note: {}\n", note);
    fmt::print("{}: {} train rows, {} test rows, {} skipped\n", arguments->to, report.train_rows,
               report.test_rows, report.skipped.size());
    if (report.unstructured_rows == 0) return;
    fmt::print("{}: {} passages in unstructured.jsonl\n", arguments->to, report.unstructured_rows);
  });
}

}  // namespace tuneval::cli
