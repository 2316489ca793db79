#include "framework/cli/commands.h"
#include "framework/engine/worker.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

namespace tuneval::cli {

namespace {

struct CellArguments {
  std::string plan;
  WorkerOptions options;
};

/// The exit code.
int run_cells_of(const CellArguments& arguments, Common common) {
  const PlanFile plan = read_plan_file(arguments.plan);
  common.plugin_folders.insert(common.plugin_folders.end(), plan.plugins.begin(),
                               plan.plugins.end());
  const Registry registry = load_registry(common);
  return run_worker(plan, registry, arguments.options);
}

}  // namespace

void add_cell(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "cell", "Run single cells of a plan in this process, as the workers of run do");
  auto arguments = std::make_shared<CellArguments>();
  WorkerOptions& options = arguments->options;
  command->add_option("--plan", arguments->plan, "plan.json of a run folder")
      ->required()
      ->type_name("FILE");
  command->add_option("--id", options.ids, "A cell's id; several are run in this order")
      ->required()
      ->type_name("ID")
      ->allow_extra_args(false)
      ->take_all();
  command
      ->add_option("--events", options.events,
                   "A file descriptor that gets a line of JSON for each event")
      ->type_name("FD");
  command->add_option("--threads", options.threads, "In place of run.threads")->type_name("N");
  command->add_option("--teacher-spent", options.spent.teacher,
                      "Of the teacher's spending limit, before");
  command->add_option("--judge-spent", options.spent.judge,
                      "Of the judge's spending limit, before");
  command->callback([arguments, &common] {
    try {
      common.exit_code = run_cells_of(*arguments, common);
    } catch (const PlanChanged& changed) {
      fmt::print(stderr, "tuneval: {}\n", changed.what());
      common.exit_code = kPlanChanged;
    }
  });
}

}  // namespace tuneval::cli
