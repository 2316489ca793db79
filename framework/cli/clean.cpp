#include "framework/status/clean.h"

#include "framework/cli/amounts.h"
#include "framework/cli/commands.h"
#include "framework/record/lease.h"
#include "framework/report/screen.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tuneval::cli {

namespace {

namespace fs = std::filesystem;

struct CleanArguments {
  std::string folder;
  bool yes = false, dry_run = false;
  CleanOptions options;
};

std::string amount_of(const std::vector<Removable>& removable) {
  int64_t bytes = 0;
  for (const Removable& one : removable) bytes += one.bytes;
  return fmt::format("{} files and folders, {}", removable.size(), bytes_text(bytes));
}

void print_list(const fs::path& run, const std::vector<Removable>& removable) {
  for (const Removable& one : removable) {
    fmt::print("{:>9}  {}: {}\n", bytes_text(one.bytes),
               harmless(one.path.lexically_relative(run).string()), one.why);
  }
}

bool asked(const std::string& amount) {
  if (::isatty(STDIN_FILENO) == 0) {
    throw RecordError("nobody is there to ask: give --yes to remove, --dry-run to see what");
  }
  fmt::print("Remove {}? [y/N] ", amount);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

void clean_run(const CleanArguments& arguments, const Common& common) {
  const fs::path run = fs::absolute(arguments.folder).lexically_normal();
  std::vector<Removable> removable = find_removable(run, arguments.options);  // refuses no run
                                                                              // folder
  std::optional<Lease> lease;
  if (!arguments.dry_run) {
    lease.emplace(run_lease_path(run));  // throws where somebody runs it
    require_idle(run);
    removable = find_removable(run, arguments.options);  // nobody changes it any more
  }
  const std::string amount = amount_of(removable);
  if (removable.empty()) {
    if (!common.quiet) fmt::print("there is nothing that the plan does not need\n");
    return;
  }
  const bool asks = !arguments.dry_run && !arguments.yes;
  if (!common.quiet || asks) print_list(run, removable);
  if (arguments.dry_run) {
    if (!common.quiet) fmt::print("would remove {}\n", amount);
    return;
  }
  if (asks && !asked(amount)) {
    fmt::print("nothing was removed\n");
    return;
  }
  remove_all(removable);
  if (!common.quiet) fmt::print("removed {}\n", amount);
}

}  // namespace

void add_clean(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "clean", "Remove what a run folder holds and its plan does not need, after asking");
  auto arguments = std::make_shared<CleanArguments>();
  command->add_option("folder", arguments->folder, "The run folder")->required()->type_name("DIR");
  command->add_flag("--yes,-y", arguments->yes, "Do not ask");
  command->add_flag("--dry-run,-n", arguments->dry_run, "List what would go, and remove nothing");
  command->add_flag("--cache", arguments->options.cache,
                    "Also what a teacher and a judge answered, which is asked and paid for again");
  command->add_flag("--quiet,-q", common.quiet, "Say nothing but failures");
  command->callback([arguments, &common] { clean_run(*arguments, common); });
}

}  // namespace tuneval::cli
