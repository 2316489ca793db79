#include "framework/cli/commands.h"
#include "framework/cli/progress.h"
#include "framework/cli/run_arguments.h"
#include "framework/engine/engine.h"
#include "framework/report/report.h"
#include "framework/summary/comparison.h"
#include "framework/teacher/usage_line.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval::cli {

namespace {

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
  SummaryOptions options;
  options.interval = interval_method(plan.manifest.report.interval);
  for (const Cell& cell : plan.cells) {
    options.planned.push_back({cell.name, plan.tasks[cell.task].entry.name, cell.id, cell.kind,
                               cell.seed, cell.learning_rate});
  }
  options.predictions = predictions_in(store);
  options.max_parameters = plan.manifest.report.max_parameters;
  if (plan.manifest.teacher) options.margin = plan.manifest.teacher->margin;
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

void run(const RunArguments& arguments, Common& common) {
  const Registry registry = load_registry(common);
  const Plan plan = make_plan(read_manifest_of(arguments), registry);
  const Only only = parse_only(arguments.only, plan);
  const RecordStore store(plan.manifest.output);
  const auto count = std::count_if(plan.cells.begin(), plan.cells.end(),
                                   [&](const Cell& cell) { return only.takes(plan, cell); });
  RunCounts counts;
  {
    ProgressPrinter printer(plan, count, common.quiet);
    counts = run_plan(plan, registry, store, only, printer);
  }
  show_report(plan, store, common.quiet);
  if (!common.quiet) show_servers(counts);
  common.exit_code = counts.failed > 0 ? kSomeFailed : kDone;
}

}  // namespace

void add_run(CLI::App& app, Common& common) {
  CLI::App* command =
      app.add_subcommand("run", "Score, tune, score again and rank; run again to resume");
  RunArguments* arguments = add_run_arguments(*command, common);
  command->add_option("--only", arguments->only, "Only these cells: model=A,task=B")
      ->type_name("model=A,task=B")
      ->take_all();
  command->callback([arguments, &common] { run(*arguments, common); });
}

}  // namespace tuneval::cli
