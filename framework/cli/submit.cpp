#include "framework/cli/commands.h"
#include "framework/cli/run_arguments.h"
#include "framework/plan/plan_file.h"
#include "framework/record/cell_state.h"
#include "framework/record/lease.h"
#include "framework/record/store.h"
#include "framework/scheduler/place_cells.h"
#include "framework/scheduler/slurm.h"
#include "framework/scheduler/slurm_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tuneval::cli {

namespace {

namespace fs = std::filesystem;

struct SubmitArguments {
  RunArguments* run = nullptr;
  std::string engine = "slurm", per;
  int64_t probe = 120;
  bool dry_run = false, no_probe = false;
};

SlurmOptions options_of(const Plan& plan, const SubmitArguments& arguments) {
  SlurmOptions options = plan.manifest.engine.slurm.value_or(SlurmOptions{});
  if (!arguments.per.empty()) options.per = arguments.per;
  if (options.cpus == 0) options.cpus = plan.manifest.threads;
  return options;
}

/// What is to be queued, and how many cells are not, as they are done, or with the scheduler.
struct Left {
  std::vector<CellToPlace> cells;
  size_t done = 0, active = 0;
};

Left left_of(const Plan& plan, const RecordStore& store, const QueueStates& states) {
  Left left;
  for (const Cell& cell : plan.cells) {
    const auto state = states.find(cell.id);
    if (store.has_done(cell.id)) {
      ++left.done;
    } else if (state != states.end() && state->second.active()) {
      ++left.active;
    } else {
      const std::string title =
          fmt::format("{} on {}", cell.title(), plan.tasks[cell.task].entry.name);
      left.cells.push_back(
          {cell.id, title, cell.has_model() ? cell.name : "", cell.estimate.peak_memory_bytes});
    }
  }
  return left;
}

/// Nodes have the path of the program and the plugins that this machine has, unless told.
Submission submission_of(const Plan& plan, const Registry& registry, const SlurmOptions& options,
                         const SubmitArguments& arguments, const PlanFile& file, const Left& left) {
  Submission submission;
  submission.run = plan.manifest.output;
  submission.name = plan.manifest.name;
  submission.tasks = place_cells(left.cells, options.per);
  submission.program =
      options.program.empty() ? fs::read_symlink("/proc/self/exe") : fs::path(options.program);
  submission.plugins = file.plugins;
  submission.report_options = {"--interval", plan.manifest.report.interval};
  const auto& formats = plan.manifest.report.formats;
  if (!formats.empty()) {
    submission.report_options.insert(submission.report_options.end(),
                                     {"--format", fmt::format("{}", fmt::join(formats, ","))});
  }
  submission.expected = facts_here(registry);
  submission.probe_seconds = arguments.no_probe ? 0 : arguments.probe;
  return submission;
}

void show_scripts(const Submission& submission, const SlurmOptions& options) {
  fmt::print("# {}\n{}", fmt::join(sbatch_command(submission, "array"), " "),
             array_script(submission, options));
  fmt::print("\n# {}\n{}", fmt::join(sbatch_command(submission, "report", {"JOB"}), " "),
             report_script(submission, options));
}

std::vector<std::string> notes_of(const Plan& plan, const SlurmOptions& options,
                                  const Submission& submission) {
  std::vector<std::string> notes = plan.notes;
  if (plan.manifest.device.starts_with("cuda") && options.gres.empty() && options.options.empty()) {
    notes.push_back(
        "the device is a GPU, but engine.slurm.gres asks for none: expected such as "
        "\"gpu:1\"");
  }
  for (const ScheduledTask& task : submission.tasks) {
    if (!options.memory.empty() || task.memory_bytes > 0 || task.title == "what has no model") {
      continue;
    }
    notes.push_back(
        "nobody knows what the tasks need of memory: the cluster's default counts, "
        "unless engine.slurm.memory says more");
    break;
  }
  return notes;
}

void queue(const Submission& submission, const PlanFile& file, SlurmScheduler& scheduler,
           const Left& left, bool quiet) {
  write_plan_file(plan_file_path(submission.run), file);
  const Submitted submitted = scheduler.submit(submission);
  for (const std::string& note : submitted.notes) fmt::print(stderr, "note: {}\n", note);
  if (quiet) return;
  fmt::print("submitted {} cells as job {} of {} tasks{}\n", left.cells.size(), submitted.job,
             submission.tasks.size(),
             submitted.report_job.empty() ? "" : ", the report as job " + submitted.report_job);
  fmt::print("  tuneval status {0}\n  tuneval cancel {0}\n", submission.run.string());
}

void submit(const SubmitArguments& arguments, Common& common) {
  const Registry registry = load_registry(common);
  const Plan plan = make_plan(read_manifest_of(*arguments.run), registry);
  const SlurmOptions options = options_of(plan, arguments);
  const fs::path& run = plan.manifest.output;
  SlurmScheduler scheduler(options, [&](const std::string& line) {
    if (!common.quiet) fmt::print("{}\n", line);
  });
  // Nobody else runs it, or submits it, meanwhile.
  std::optional<Lease> lease;
  if (!arguments.dry_run) lease.emplace(run_lease_path(run));
  const QueueStates states = arguments.dry_run ? QueueStates{} : scheduler.status(run);
  const Left left = left_of(plan, RecordStore(run), states);
  if (!common.quiet && left.done + left.active > 0) {
    fmt::print("{} cells are done, {} are queued or running\n", left.done, left.active);
  }
  if (left.cells.empty()) {
    if (!common.quiet) fmt::print("there is nothing to submit\n");
    return;
  }
  const PlanFile file = plan_file_of(plan, arguments.run->set, common.plugin_folders);
  const Submission submission = submission_of(plan, registry, options, arguments, file, left);
  for (const std::string& note : notes_of(plan, options, submission)) {
    fmt::print(stderr, "note: {}\n", note);
  }
  if (arguments.dry_run) return show_scripts(submission, options);
  queue(submission, file, scheduler, left, common.quiet);
}

/// What this machine has, compared with what the run was submitted with.
void look_at_node(const std::string& folder, const std::string& answer, const Common& common) {
  const fs::path run = fs::absolute(folder);
  const NodeFacts facts = facts_here(load_registry(common));
  if (!answer.empty()) write_facts(answer, facts);
  const std::string difference = difference_of_facts(facts, read_facts(expected_facts_path(run)));
  if (difference.empty()) return;
  throw SchedulerError(
      fmt::format("{} has another installation than the machine that submitted the "
                  "run: {}",
                  host_name(), difference));
}

}  // namespace

void add_submit(CLI::App& app, Common& common) {
  CLI::App* command =
      app.add_subcommand("submit", "Queue a run's cells with Slurm, what is missing alone");
  auto arguments = std::make_shared<SubmitArguments>();
  arguments->run = add_run_arguments(*command, common);
  command->add_option("--engine", arguments->engine, "The scheduler")
      ->check(CLI::IsMember({"slurm"}))
      ->capture_default_str();
  command->add_option("--per", arguments->per, "A task for each: in place of engine.slurm.per")
      ->check(CLI::IsMember({"model", "cell"}))
      ->type_name("model|cell");
  command->add_option("--probe", arguments->probe, "Seconds to wait for a node to be looked at")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--no-probe", arguments->no_probe, "Look at no node first");
  command->add_flag("--dry-run", arguments->dry_run, "Print the scripts; ask and queue nothing");
  command->callback([arguments, &common] { submit(*arguments, common); });
}

void add_node(CLI::App& app, Common& common) {
  struct Arguments {
    std::string folder, answer;
  };
  CLI::App* command = app.add_subcommand(
      "node", "Whether this machine has what a submitted run needs; tasks ask it first");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("folder", arguments->folder, "The run folder")->required()->type_name("DIR");
  command->add_option("--write", arguments->answer, "Also write what this machine has")
      ->type_name("FILE");
  command->group("");  // for scripts, not for people
  command->callback(
      [arguments, &common] { look_at_node(arguments->folder, arguments->answer, common); });
}

}  // namespace tuneval::cli
