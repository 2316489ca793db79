#include "framework/cli/commands.h"
#include "framework/cli/estimate_lines.h"
#include "framework/cli/progress.h"
#include "framework/cli/report_flags.h"
#include "framework/cli/run_arguments.h"
#include "framework/engine/death.h"
#include "framework/engine/stop_signals.h"
#include "framework/engine/supervisor.h"
#include "framework/manifest/engine_section.h"
#include "framework/plan/calibration.h"
#include "framework/plan/plan_file.h"
#include "framework/record/lease.h"
#include "framework/report/report.h"
#include "framework/summary/comparison.h"
#include "framework/teacher/usage_line.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace tuneval::cli {

namespace {

struct Arguments {
  RunArguments* run = nullptr;
  std::optional<int64_t> jobs, retries;
  std::optional<double> cell_timeout, stall_timeout;
  bool in_process = false;
};

/// "model=A,task=B": several parts, several values by repeating --only.
Only parse_only(const std::vector<std::string>& texts, const Plan& plan) {
  Only only;
  for (const std::string& text : texts) {
    for (const std::string& part : CLI::detail::split(text, ',')) {
      const size_t at = part.find('=');
      const std::string key = part.substr(0, at);
      if (at == std::string::npos || (key != "model" && key != "task")) {
        throw ManifestError(fmt::format("--only {}: expected model=NAME or task=NAME", text));
      }
      (key == "model" ? only.models : only.tasks).push_back(part.substr(at + 1));
    }
  }
  const auto check = [&](const auto& wanted, const char* kind, const auto& name_of) {
    for (const std::string& name : wanted) {
      const bool known =
          std::ranges::any_of(plan.cells, [&](const Cell& cell) { return name_of(cell) == name; });
      if (!known)
        throw ManifestError(fmt::format("--only: the manifest has no {} \"{}\"", kind, name));
    }
  };
  check(only.models, "model", [](const Cell& cell) { return cell.name; });
  check(only.tasks, "task", [&](const Cell& cell) { return plan.tasks[cell.task].entry.name; });
  return only;
}

void show_report(const Plan& plan, const RecordStore& store, bool quiet) {
  SummaryOptions options = summary_options(plan.manifest.report);
  for (const Cell& cell : plan.cells) {
    options.planned.push_back({cell.name, plan.tasks[cell.task].entry.name, cell.id, cell.kind,
                               cell.seed, cell.learning_rate});
  }
  options.predictions = predictions_in(store);
  if (!options.margin && plan.manifest.teacher) options.margin = plan.manifest.teacher->margin;
  const StoredRecords stored = store.read_all();
  for (const std::string& fault : stored.faults) fmt::print(stderr, "tuneval: {}\n", fault);
  const Summary summary = summarise(stored.records, options);
  const auto files = write_report(summary, store.output(), plan.manifest.report.formats);
  if (quiet) return;
  fmt::print("{}", terminal_report(summary, wants_colour(stdout), screen_width(stdout)));
  for (const auto& file : files) fmt::print("wrote {}\n", file.string());
}

void show_servers(const RunCounts& counts) {
  for (const ServerUse& server : counts.servers) {
    fmt::print("{}: {}\n", server.who, to_line(server.usage));
  }
}

/// [engine] with what the command line says in its place.
EngineOptions engine_of(const Arguments& arguments, const Manifest& manifest) {
  EngineOptions options = manifest.engine;
  if (arguments.jobs) options.jobs = *arguments.jobs;
  if (arguments.retries) options.retries = *arguments.retries;
  if (arguments.cell_timeout) options.cell_timeout = *arguments.cell_timeout;
  if (arguments.stall_timeout) options.stall_timeout = *arguments.stall_timeout;
  if (const auto fault = engine_fault(options)) throw ManifestError(*fault);
  return options;
}

Supervised run_here(const Plan& plan, const Registry& registry, const RecordStore& store,
                    const std::vector<const Cell*>& cells, RunListener& listener) {
  const StopSignals signals({});
  Supervised result;
  result.counts =
      run_cells(plan, registry, store, cells, listener, {.stop = &signals.stop(), .spent = {}});
  if (result.counts.stopped) result.signal = signals.signal();
  return result;
}

/// Whether this machine is to be measured: a model's cell has no record yet. Not a GPU, of which
/// this process would keep a part while its workers run.
bool is_measured(const Manifest& manifest, const std::vector<const Cell*>& cells,
                 const RecordStore& store) {
  return manifest.device == "cpu" && std::ranges::any_of(cells, [&](const Cell* cell) {
           return cell->has_model() && !std::filesystem::exists(store.record_path(cell->id));
         });
}

/// What this run did beside what was expected of it.
void show_estimates(const Plan& plan, const RecordStore& store,
                    const std::vector<const Cell*>& cells) {
  std::vector<CellRecord> records;
  for (const Cell* cell : cells) {
    if (auto record = store.find(cell->id)) records.push_back(std::move(*record));
  }
  const auto checks = estimate_against_actual(estimates_of(plan), records);
  for (const std::string& line : estimate_lines(checks)) fmt::print("{}\n", line);
}

void show_end(const Supervised& run, bool quiet) {
  const RunCounts& counts = run.counts;
  if (run.signal == 0 || quiet) return;
  // Not fmt::print, which throws where the terminal is gone.
  std::fputs(fmt::format("stopped by {}: {} cells done, {} failed, {} done before; what was begun "
                         "is saved. Run the same again to go on.\n",
                         signal_name(run.signal), counts.done, counts.failed, counts.skipped)
                 .c_str(),
             stderr);
}

void run(const Arguments& arguments, Common& common) {
  const Registry registry = load_registry(common);
  Plan plan = make_plan(read_manifest_of(*arguments.run), registry);
  SupervisorOptions options;
  options.engine = engine_of(arguments, plan.manifest);
  const Only only = parse_only(arguments.run->only, plan);
  const RecordStore store(plan.manifest.output);
  const Lease lease(run_lease_path(store.output()));
  const std::vector<const Cell*> cells = cells_of(plan, only);
  if (is_measured(plan.manifest, cells, store)) fill_times(plan, calibrate(plan));
  options.plan_file = plan_file_path(store.output());
  write_plan_file(options.plan_file, plan_file_of(plan, arguments.run->set, common.plugin_folders));
  options.machine = this_machine();
  Supervised result;
  {
    ProgressPrinter printer(plan, int64_t(cells.size()), common.quiet);
    result = arguments.in_process ? run_here(plan, registry, store, cells, printer)
                                  : supervise(plan, registry, store, cells, printer, options);
  }
  if (result.signal != 0) {
    show_end(result, common.quiet);
    common.exit_code = 128 + result.signal;
    return;
  }
  show_report(plan, store, common.quiet);
  if (!common.quiet) {
    show_servers(result.counts);
    show_estimates(plan, store, result.counts.ran);
  }
  common.exit_code = result.counts.failed + result.counts.held > 0 ? kSomeFailed : kDone;
}

void add_engine_options(CLI::App& command, Arguments& arguments) {
  const std::string group = "In place of [engine]";
  command.add_option("--jobs,-j", arguments.jobs, "Worker processes at once")
      ->type_name("N")
      ->group(group);
  command
      .add_option("--retries", arguments.retries, "Further attempts at a cell whose worker died")
      ->type_name("K")
      ->group(group);
  command.add_option("--cell-timeout", arguments.cell_timeout, "That an attempt may take; 0: any")
      ->type_name("SECONDS")
      ->group(group);
  command
      .add_option("--stall-timeout", arguments.stall_timeout,
                  "Without a sign of life, then it is killed; 0: never")
      ->type_name("SECONDS")
      ->group(group);
  command.add_flag("--in-process", arguments.in_process,
                   "Run all cells in this process, one after the other (for debuggers)");
}

}  // namespace

void add_run(CLI::App& app, Common& common) {
  CLI::App* command =
      app.add_subcommand("run", "Score, tune, score again and rank; run again to resume");
  auto arguments = std::make_shared<Arguments>();
  arguments->run = add_run_arguments(*command, common);
  command->add_option("--only", arguments->run->only, "Only these cells: model=A,task=B")
      ->type_name("model=A,task=B")
      ->take_all();
  add_engine_options(*command, *arguments);
  command->callback([arguments, &common] { run(*arguments, common); });
}

}  // namespace tuneval::cli
