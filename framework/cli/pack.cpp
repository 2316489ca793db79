#include "framework/cli/pack_commands.h"
#include "framework/data/check.h"
#include "framework/data/new_pack.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval::cli {

namespace {

/// "150 train rows (410 examples)".
std::string rows(int64_t rows, int64_t examples, const char* split) {
  std::string text = fmt::format("{} {} rows", rows, split);
  if (examples != rows) text += fmt::format(" ({} examples)", examples);
  return text;
}

/// Prints what is wrong with a pack; returns the exit code.
ExitCode check(const std::string& folder, const Registry& registry) {
  const PackReport report = check_pack(folder, registry);
  for (const Finding& finding : report.findings) {
    fmt::print("{}: {}\n", finding.severity == Severity::error ? "error" : "warning",
               finding.text());
  }
  fmt::print("{}: {}, {}, {} errors, {} warnings\n", folder,
             rows(report.train_rows, report.train_examples, "train"),
             rows(report.test_rows, report.test_examples, "test"), report.errors(),
             report.warnings());
  return report.errors() == 0 ? kDone : kSomeFailed;
}

void add_check(CLI::App& pack, Common& common) {
  CLI::App* command = pack.add_subcommand("check", "Report every fault of a pack");
  auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "The pack")->required()->type_name("DIR");
  command->callback(
      [folder, &common] { common.exit_code = check(*folder, load_registry(common)); });
}

void add_new(CLI::App& pack, Common& common) {
  struct Arguments {
    std::string name, type, to;
  };
  CLI::App* command = pack.add_subcommand("new", "Make a pack to start from");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("name", arguments->name, "What reports call the task")->required();
  command->add_option("--type", arguments->type, "The task type")->required()->type_name("TYPE");
  command->add_option("--to", arguments->to, "Where; NAME unless given")->type_name("DIR");
  command->callback([arguments, &common] {
    const Registry registry = load_registry(common);
    const std::string& to = arguments->to.empty() ? arguments->name : arguments->to;
    write_new_pack(registry, arguments->name, arguments->type, to);
    common.exit_code = check(to, registry);
    fmt::print("Put your rows in place of the samples; {}/pack.toml says what else to change.\n",
               to);
  });
}

}  // namespace

void add_pack(CLI::App& app, Common& common) {
  CLI::App* pack = app.add_subcommand("pack", "Work on task packs");
  pack->require_subcommand(1);
  add_check(*pack, common);
  add_pack_show(*pack, common);
  add_new(*pack, common);
}

}  // namespace tuneval::cli
