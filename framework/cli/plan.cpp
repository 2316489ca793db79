#include "framework/plan/plan.h"
#include "framework/cli/amounts.h"
#include "framework/cli/commands.h"
#include "framework/cli/run_arguments.h"
#include "framework/plan/calibration.h"
#include "framework/record/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace tuneval::cli {

namespace {

/// What is still to be run, all cells together.
struct ToRun {
  double flops = 0.0, seconds = 0.0;
  int64_t disk_bytes = 0;
  int64_t peak_memory_bytes = 0;  // of the largest

  void add(const CellEstimate& estimate) {
    flops += estimate.flops;
    seconds += estimate.seconds;
    disk_bytes += estimate.disk_bytes;
    peak_memory_bytes = std::max(peak_memory_bytes, estimate.peak_memory_bytes);
  }
};

void print_head() {
  fmt::print("{:<22} {:<20} {:>6} {:>6} {:>13} {:>13} {:>12} {:>12} {:>8} {:>9} {:>9} {:>12}  {}\n",
             "model", "task", "train", "test", "tune tokens", "computed", "test tokens", "computed",
             "TFLOPs", "memory", "disk", "time", "state");
}

void print_cell(const Plan& plan, const Cell& cell, bool done) {
  const TaskData& task = plan.data(cell);
  const CellEstimate& estimate = cell.estimate;
  const bool model = cell.has_model();
  fmt::print(
      "{:<22} {:<20} {:>6} {:>6} {:>13} {:>13} {:>12} {:>12} {:>8.3f} {:>9} {:>9} {:>12}  "
      "{}\n",
      cell.title(), plan.tasks[cell.task].entry.name, task.train.size(), task.test.size(),
      grouped_text(estimate.tune_tokens), grouped_text(estimate.tune_computed),
      grouped_text(estimate.score_tokens), grouped_text(estimate.score_computed),
      estimate.flops / 1e12, model ? bytes_text(estimate.peak_memory_bytes) : "-",
      model ? bytes_text(estimate.disk_bytes) : "-", model ? time_text(estimate.seconds) : "-",
      done ? "done" : "to run");
}

void print_total(const ToRun& left, const Calibration& machine) {
  fmt::print("\n\"computed\" counts tokens that rows share once. To run: {:.3f} TFLOPs.\n",
             left.flops / 1e12);
  if (left.seconds <= 0) return;
  fmt::print(
      "Estimated: {} on this machine, one cell after the other ({:.0f} GFLOP/s, weights read at "
      "{:.1f} GB/s); {} of memory at most; up to {} on the disk.\n",
      time_text(left.seconds), machine.flops_per_second / 1e9, machine.bytes_per_second / 1e9,
      bytes_text(left.peak_memory_bytes), bytes_text(left.disk_bytes));
}

void show_plan(const RunArguments& arguments, Common& common) {
  const Registry registry = load_registry(common);
  Plan plan = make_plan(read_manifest_of(arguments), registry);
  if (common.quiet) return;  // nothing is wrong
  const Calibration machine = calibrate(plan);
  fill_times(plan, machine);
  const RecordStore store(plan.manifest.output);
  fmt::print("{}: {} cells, output {}\n\n", plan.manifest.name, plan.cells.size(),
             plan.manifest.output.string());
  print_head();
  ToRun left;
  for (const Cell& cell : plan.cells) {
    const bool done = store.has_done(cell.id);
    if (!done) left.add(cell.estimate);
    print_cell(plan, cell, done);
  }
  print_total(left, machine);
  for (const std::string& note : plan.notes) fmt::print("note: {}\n", note);
}

}  // namespace

void add_plan(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "plan", "Check a manifest; print its cells with tokens, work, memory, disk and time");
  RunArguments* arguments = add_run_arguments(*command, common);
  command->callback([arguments, &common] { show_plan(*arguments, common); });
}

}  // namespace tuneval::cli
