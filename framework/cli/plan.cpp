#include "framework/plan/plan.h"
#include "framework/cli/commands.h"
#include "framework/cli/run_arguments.h"
#include "framework/record/store.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace tuneval::cli {

namespace {

std::string grouped(int64_t value) {
  std::string text = std::to_string(value);
  for (auto at = int64_t(text.size()) - 3; at > 0; at -= 3) text.insert(size_t(at), ",");
  return text;
}

void show_plan(const RunArguments& arguments, Common& common) {
  const Registry registry = load_registry(common);
  const Plan plan = make_plan(read_manifest_of(arguments), registry);
  if (common.quiet) return;  // nothing is wrong
  const RecordStore store(plan.manifest.output);
  fmt::print("{}: {} cells, output {}\n\n", plan.manifest.name, plan.cells.size(),
             plan.manifest.output.string());
  fmt::print("{:<22} {:<20} {:>6} {:>6} {:>13} {:>13} {:>12} {:>12} {:>8}  {}\n", "model", "task",
             "train", "test", "tune tokens", "computed", "test tokens", "computed", "TFLOPs",
             "state");
  double flops = 0.0;
  for (const Cell& cell : plan.cells) {
    const TaskData& task = plan.data(cell);
    const CellEstimate& estimate = cell.estimate;
    const bool done = store.has_done(cell.id);
    if (!done) flops += estimate.flops;
    fmt::print("{:<22} {:<20} {:>6} {:>6} {:>13} {:>13} {:>12} {:>12} {:>8.3f}  {}\n", cell.title(),
               plan.tasks[cell.task].entry.name, task.train.size(), task.test.size(),
               grouped(estimate.tune_tokens), grouped(estimate.tune_computed),
               grouped(estimate.score_tokens), grouped(estimate.score_computed),
               estimate.flops / 1e12, done ? "done" : "to run");
  }
  fmt::print("\n\"computed\" counts tokens that rows share once. To run: {:.3f} TFLOPs.\n",
             flops / 1e12);
  for (const std::string& note : plan.notes) fmt::print("note: {}\n", note);
}

}  // namespace

void add_plan(CLI::App& app, Common& common) {
  CLI::App* command =
      app.add_subcommand("plan", "Check a manifest and print its cells, token counts and work");
  RunArguments* arguments = add_run_arguments(*command, common);
  command->callback([arguments, &common] { show_plan(*arguments, common); });
}

}  // namespace tuneval::cli
