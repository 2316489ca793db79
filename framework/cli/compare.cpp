#include "framework/compare/compare.h"

#include "framework/cli/commands.h"
#include "framework/plan/plan_file.h"
#include "framework/record/json_object.h"
#include "framework/record/store.h"
#include "framework/report/compare_report.h"
#include "framework/report/render.h"
#include "framework/report/screen.h"
#include "framework/summary/comparison.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace tuneval::cli {
namespace {

struct CompareArguments {
  std::string first, second, format = "terminal";
  CompareOptions options;
  bool json = false;
};

/// The run's folder as it was given: what tables call it.
std::string name_of(const std::string& folder) {
  std::string name = folder;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

ComparedRun read_run(const std::string& folder) {
  const auto store = std::make_shared<const RecordStore>(std::filesystem::absolute(folder));
  StoredRecords stored = store->read_all();
  for (const std::string& fault : stored.faults) fmt::print(stderr, "tuneval: {}\n", fault);
  if (stored.records.empty()) {
    throw RecordError(
        fmt::format("{}: no records: expected a run folder with records/*.json", folder));
  }
  // What reads the predictions refers to the store.
  return {name_of(folder), std::move(stored.records),
          [store, read = predictions_in(*store)](const std::string& id, Stage stage) {
            return read(id, stage);
          }};
}

/// What the run was started with, where its folder says so.
std::optional<PlanFile> plan_of(const std::string& folder) {
  const std::filesystem::path file = plan_file_path(std::filesystem::absolute(folder));
  if (!std::filesystem::exists(file)) return std::nullopt;
  return read_plan_file(file);
}

/// The manifests and overrides of both, where they are not the same. What they decide of results is
/// in the records; this is how it came about.
void note_manifests(const CompareArguments& arguments, RunComparison& comparison) {
  const std::optional<PlanFile> first = plan_of(arguments.first),
                                second = plan_of(arguments.second);
  if (!first || !second) return;
  if (first->manifest != second->manifest) {
    comparison.notes.push_back(
        fmt::format("Manifest: {} → {}.", first->manifest.string(), second->manifest.string()));
  }
  const auto overrides = [](const PlanFile& plan) {
    return plan.set.empty() ? std::string("none") : fmt::format("{}", fmt::join(plan.set, ", "));
  };
  if (first->set != second->set) {
    comparison.notes.push_back(
        fmt::format("Overrides: {} → {}.", overrides(*first), overrides(*second)));
  }
}

void compare(const CompareArguments& arguments, Common& common) {
  const ComparedRun first = read_run(arguments.first), second = read_run(arguments.second);
  RunComparison comparison = compare_runs(first, second, arguments.options);
  note_manifests(arguments, comparison);
  const std::string format = arguments.json ? "json" : arguments.format;
  if (format == "json") {
    fmt::print("{}\n", json_text(compare_json(comparison), 2));
  } else if (format == "markdown") {
    fmt::print("{}", markdown_text(compare_document(comparison), "Comparison"));
  } else {
    fmt::print("{}", terminal_text(compare_document(comparison), wants_colour(stdout),
                                   screen_width(stdout)));
  }
  for (const std::string& failure : comparison.failures) {
    fmt::print(stderr, "tuneval: {}\n", harmless(failure));
  }
  common.exit_code = comparison.failures.empty() ? kDone : kSomeFailed;
}

}  // namespace

void add_compare(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "compare",
      "Compare two runs, cell by cell and example by example: what changed, and whether "
      "it is more than noise");
  auto arguments = std::make_shared<CompareArguments>();
  CompareOptions& options = arguments->options;
  command->add_option("first", arguments->first, "The run folder to compare with")
      ->required()
      ->type_name("DIR");
  command->add_option("second", arguments->second, "The run folder that is compared")
      ->required()
      ->type_name("DIR");
  command->add_option("--metric", options.metric, "By this metric, not by each task's headline");
  command
      ->add_option("--fail-below", options.fail_below,
                   "Exit code 1 where a cell's score falls by more than this and by more than "
                   "noise: -0.02")
      ->type_name("DIFFERENCE");
  command->add_option("--format", arguments->format, "terminal, markdown or json")
      ->check(CLI::IsMember({"terminal", "markdown", "json"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "The same as --format json");
  command->callback([arguments, &common] { compare(*arguments, common); });
}

}  // namespace tuneval::cli
