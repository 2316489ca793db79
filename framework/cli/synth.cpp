#include "framework/synth/synth.h"
#include "framework/cli/commands.h"
#include "framework/manifest/manifest.h"
#include "framework/synth/sources.h"
#include "framework/teacher/usage_line.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>

namespace tuneval::cli {

namespace {

namespace fs = std::filesystem;

struct SynthArguments {
  std::string pack, manifest, to, cache, inputs, passages;
  std::vector<std::string> set, topics;
  bool no_mutators = false;
  SynthOptions options;
};

const std::map<std::string, SynthMode> kModes = {
    {"rows", SynthMode::rows}, {"label", SynthMode::label}, {"passages", SynthMode::passages}};

/// Set by the first Ctrl-C: what was sent is waited for and kept. A second one ends the program.
std::atomic<bool> stopping = false;

extern "C" void stop_asking(int) {
  stopping = true;
  std::signal(SIGINT, SIG_DFL);
}

TeacherOptions read_teacher(const SynthArguments& arguments) {
  std::optional<TeacherOptions> teacher = read_manifest(arguments.manifest, arguments.set).teacher;
  if (teacher) return *teacher;
  throw ManifestError(fmt::format("{}: has no [teacher]: expected one with base_url and model",
                                  arguments.manifest));
}

/// The pack's folder name and "-synth", here.
fs::path default_place(const std::string& pack) {
  const fs::path folder = fs::absolute(pack).lexically_normal();
  return (folder.has_filename() ? folder : folder.parent_path()).filename().string() + "-synth";
}

void read_sources(SynthArguments& arguments) {
  SynthOptions& options = arguments.options;
  if (!arguments.inputs.empty()) options.inputs = read_inputs(arguments.inputs);
  if (!arguments.passages.empty()) options.passages = read_passages(arguments.passages);
  for (const std::string& topics : arguments.topics) options.topics.push_back(read_topics(topics));
  if (arguments.no_mutators) options.mutators.clear();
}

void make_rows(SynthArguments arguments, Common& common) {
  read_sources(arguments);
  const TeacherOptions options = read_teacher(arguments);
  const fs::path to = arguments.to.empty() ? default_place(arguments.pack) : fs::path(arguments.to);
  Teacher teacher(options, arguments.cache.empty() ? to / ".cache" : fs::path(arguments.cache));
  const Registry registry = load_registry(common);
  std::signal(SIGINT, stop_asking);
  const auto progress = [&](const SynthReport& report) {
    if (!common.quiet) fmt::print(stderr, "{}: {}\n", to.string(), to_line(report));
  };
  const SynthReport report =
      synthesize(registry, read_pack(arguments.pack), synth_teacher(teacher, &stopping),
                 arguments.options, to, progress);
  std::signal(SIGINT, SIG_DFL);
  common.exit_code = report.complete ? kDone : kSomeFailed;
  if (common.quiet) return;
  fmt::print("{}: {}\n", to.string(), to_line(report));
  fmt::print("{}\n", to_line(teacher.usage()));
  if (!report.complete && report.resumable) fmt::print("run it again to go on\n");
}

void add_asking(CLI::App& command, SynthArguments& arguments) {
  SynthOptions& options = arguments.options;
  command.add_option("--mode", options.mode, "rows, label or passages")
      ->transform(CLI::CheckedTransformer(kModes).description(""))
      ->type_name("MODE");
  command.add_option("--examples", options.examples, "Rows wanted; 10000 unless given");
  command.add_option("--inputs", arguments.inputs, "label: rows without their answer")
      ->type_name("FILE");
  command.add_flag("--plain", options.plain,
                   "label: ask by the task's own prompt, as students are asked");
  command.add_option("--passages", arguments.passages, "passages: texts that rows rest on")
      ->type_name("FILE");
  command.add_option("--per-passage", options.per_passage, "Rows for each passage; 4 unless given");
  command.add_option("--seed", options.seed, "Decides all that is drawn; 123 unless given");
  command.add_option("--seeds", options.seed_rows,
                     "Only the first so many training rows are shown");
  command.add_option("--per-call", options.per_call, "Rows a request; 4 unless given, label: 1");
  command.add_option("--iteration", options.iteration,
                     "Rows asked for before the balance is looked at again; 128 unless given");
  command.add_option("--exemplars", options.exemplars, "Seed rows shown; 2 unless given");
  command.add_option("--others", options.others, "Rows of other kinds shown; 2 unless given");
  command
      .add_option("--mutators", options.mutators,
                  "Of complexity, length and specificity, as a,b; all unless given")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("--no-mutators", arguments.no_mutators, "None of them");
  command.add_option("--topics", arguments.topics, "A list of topics: a file of lines, or a,b,c")
      ->type_name("LIST")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--temperature", options.temperature, "In place of the teacher's");
  command.add_option("--max-calls", options.most_calls, "Requests at most");
}

void add_rules(CLI::App& command, SynthOptions& options) {
  const std::string group = "What rows are rejected for";
  command.add_option("--max-length", options.longest, "Characters of a row; 10000 unless given")
      ->group(group);
  command
      .add_option("--similarity", options.similarity,
                  "ROUGE-L to a seed row or another made one; 0.95 unless given")
      ->group(group);
  command
      .add_option("--leak-similarity", options.leak_similarity,
                  "ROUGE-L to a test row; 0.9 unless given")
      ->group(group);
  command
      .add_flag("--match-seed-balance", options.match_seed_balance,
                "Kinds as frequent as in the seed, not all alike")
      ->group(group);
  command
      .add_option("--balance-slack", options.balance_slack,
                  "Times its share that a kind may have; 1.25 unless given")
      ->group(group);
}

}  // namespace

void add_synth(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "synth", "Make training rows by a teacher; run again to go on where it ended");
  auto arguments = std::make_shared<SynthArguments>();
  command->add_option("pack", arguments->pack, "The pack whose training rows are the seed")
      ->required()
      ->type_name("DIR");
  command->add_option("--manifest", arguments->manifest, "The TOML file with [teacher]")
      ->required()
      ->type_name("FILE");
  command->add_option("--set", arguments->set, "Override a key, e.g. teacher.concurrency=16")
      ->type_name("KEY=VALUE")
      ->take_all();
  command->add_option("--to", arguments->to, "The pack to make; PACK-synth unless given")
      ->type_name("DIR");
  command->add_option("--cache", arguments->cache, "Replies that were paid for; DIR/.cache")
      ->type_name("DIR");
  command->add_flag("--quiet,-q", common.quiet, "Say nothing but failures");
  add_asking(*command, *arguments);
  add_rules(*command, arguments->options);
  command->callback([arguments, &common] { make_rows(*arguments, common); });
}

}  // namespace tuneval::cli
