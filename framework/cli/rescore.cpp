#include "framework/rescore/rescore.h"
#include "framework/cli/commands.h"
#include "framework/manifest/manifest.h"
#include "framework/score/teacher_judge.h"
#include "framework/teacher/usage_line.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace tuneval::cli {

namespace {

namespace fs = std::filesystem;

struct RescoreArguments {
  std::string run, pack, judge;
  RescoreOptions options;
};

const RescoredStage* stage_of(const RescoredCell& cell, Stage stage) {
  const auto found = std::ranges::find(cell.stages, stage, &RescoredStage::stage);
  return found == cell.stages.end() ? nullptr : &*found;
}

std::string value_of(const ScoreSummary& score, const std::string& metric) {
  const auto found = std::ranges::find(score.metrics, metric, &MetricValue::name);
  return found == score.metrics.end() ? "–" : fmt::format("{:.3f}", found->value);
}

/// A stage's value now, and what it was where that is something else.
std::pair<std::string, std::string> values_of(const RescoredStage* stage,
                                              const std::string& metric) {
  if (stage == nullptr) return {"–", ""};
  const std::string now = value_of(stage->now, metric), before = value_of(stage->before, metric);
  return {now, now == before ? "" : before};
}

void print_line(const std::array<std::string, 8>& texts) {
  const auto& [model, task, metric, base, base_was, tuned, tuned_was, read] = texts;
  std::string line = fmt::format("{:<22} {:<20} {:<22} {:>8} {:>8} {:>8} {:>8}  {}", model, task,
                                 metric, base, base_was, tuned, tuned_was, read);
  line.erase(line.find_last_not_of(' ') + 1);
  fmt::print("{}\n", line);
}

void print_cell(const RescoredCell& cell) {
  int64_t otherwise = 0, answers = 0;
  for (const RescoredStage& stage : cell.stages) {
    otherwise += stage.otherwise;
    answers += stage.now.examples;
  }
  std::string read = fmt::format("{} of {}", otherwise, answers);
  for (const MetricValue& metric : cell.stages.back().now.metrics) {
    const auto [base, base_was] = values_of(stage_of(cell, Stage::base), metric.name);
    const auto [tuned, tuned_was] = values_of(stage_of(cell, Stage::tuned), metric.name);
    print_line({cell.record.model.name, cell.record.task.name, metric.name, base, base_was, tuned,
                tuned_was, read});
    read.clear();  // once a cell
  }
}

void print_table(const Rescored& rescored, const std::string& run) {
  if (rescored.cells.empty()) return;
  print_line({"model", "task", "metric", "base", "was", "tuned", "was", "read otherwise"});
  for (const RescoredCell& cell : rescored.cells) print_cell(cell);
  fmt::print("\n{} cells scored again; `tuneval report {}` ranks them anew\n",
             rescored.cells.size(), run);
}

/// Throws ManifestError where the manifest says nothing of a judge.
JudgeOptions judge_options(const std::string& manifest) {
  const std::optional<JudgeOptions> judge = read_manifest(manifest).judge;
  if (!judge) {
    throw ManifestError(
        fmt::format("{}: has neither [judge] nor [teacher]: expected one of them, "
                    "which is asked",
                    manifest));
  }
  return *judge;
}

void rescore_run(RescoreArguments arguments, Common& common) {
  RescoreOptions& options = arguments.options;
  if (!arguments.pack.empty()) {
    if (options.task.empty()) throw RecordError("--pack DIR needs --task: it is one task's pack");
    options.pack = fs::absolute(arguments.pack).lexically_normal();
  }
  const RecordStore store(fs::absolute(arguments.run).lexically_normal());
  std::optional<Teacher> server;
  std::optional<Judge> judge;
  if (!arguments.judge.empty()) {
    const JudgeOptions asked = judge_options(arguments.judge);
    server.emplace(asked.server, store.cache_path());
    judge = make_judge(*server, asked.repeats);
    options.judge = &*judge;
  }
  const Rescored rescored = rescore(store, load_registry(common), options);
  if (!common.quiet) print_table(rescored, arguments.run);
  if (!common.quiet && server) fmt::print("judge: {}\n", to_line(server->usage()));
  std::fflush(stdout);
  for (const std::string& fault : rescored.faults) fmt::print(stderr, "tuneval: {}\n", fault);
  common.exit_code = rescored.faults.empty() ? kDone : kSomeFailed;
}

}  // namespace

void add_rescore(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "rescore",
      "Score a run's stored completions again, by its metrics or others, without a model");
  auto arguments = std::make_shared<RescoreArguments>();
  RescoreOptions& options = arguments->options;
  command->add_option("run", arguments->run, "The run folder")->required()->type_name("DIR");
  command
      ->add_option("--metric", options.metrics,
                   "Score by this, in place of the task's own metrics; others are kept")
      ->type_name("NAME")
      ->take_all();
  command
      ->add_option("--headline", options.headline,
                   "Score by this too and put it first: what models are ranked by")
      ->type_name("NAME");
  command->add_option("--model", options.model, "Only this one, as the run's tables name it");
  command->add_option("--task", options.task, "Only this one, as the run's tables name it");
  command
      ->add_option("--pack", arguments->pack,
                   "The task's pack, where it is not where the run found it")
      ->type_name("DIR");
  command
      ->add_option("--judge", arguments->judge,
                   "A manifest whose [judge], else [teacher], is asked for verdicts")
      ->type_name("MANIFEST");
  command->add_flag("--quiet,-q", common.quiet, "Say nothing but failures");
  command->callback([arguments, &common] { rescore_run(*arguments, common); });
}

}  // namespace tuneval::cli
