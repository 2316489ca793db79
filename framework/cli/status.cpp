#include "framework/cli/amounts.h"
#include "framework/cli/commands.h"
#include "framework/cli/estimate_lines.h"
#include "framework/report/screen.h"
#include "framework/scheduler/slurm.h"
#include "framework/status/run_status.h"
#include "framework/status/status_json.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tuneval::cli {

namespace {

struct StatusArguments {
  std::string folder;
  bool json = false, verify = false, all = false;
};

/// What the scheduler says of a run that was submitted; a scheduler that does not answer is noted.
void ask_scheduler(const std::filesystem::path& run, StatusOptions& options,
                   std::vector<std::string>& notes) {
  try {
    if (read_slurm_jobs(run).empty()) return;
    for (const auto& [id, state] : SlurmScheduler().status(run)) {
      (state.active() ? options.queued : options.ended)[id] = state.text;
    }
  } catch (const Error& error) {
    notes.emplace_back(error.what());
  }
}

std::string counts_of(const RunStatus& status) {
  std::string text = fmt::format("{} cells", status.cells.size());
  const char* separator = ": ";
  for (const Standing standing :
       {Standing::done, Standing::running, Standing::failed, Standing::damaged, Standing::left}) {
    const int64_t count = status.count(standing);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, to_string(standing));
    separator = ", ";
  }
  if (!status.stale.empty()) text += fmt::format("; {} stale", status.stale.size());
  return text;
}

/// "1.2 GiB of 1.1 GiB": what was, and what was expected where something was.
std::string beside(const std::string& actual, const std::string& expected, bool known) {
  return known ? fmt::format("{} of {} estimated", actual, expected) : actual;
}

std::string costs_of(const CellStanding& cell) {
  const CellEstimate& estimate = cell.estimate;
  return beside(time_text(cell.seconds), time_text(estimate.seconds), estimate.seconds > 0) + ", " +
         beside(bytes_text(cell.peak_memory_bytes), bytes_text(estimate.peak_memory_bytes),
                estimate.peak_memory_bytes > 0);
}

void print_line(std::string_view standing, const std::string& title, const std::string& task,
                const std::string& detail) {
  std::string line = fmt::format("{:<8} {:<28} {:<24} {}", standing, harmless(title),
                                 harmless(task), harmless(detail));
  line.erase(line.find_last_not_of(' ') + 1);
  fmt::print("{}\n", line);
}

void print_cells(const RunStatus& status, bool all) {
  for (const CellStanding& cell : status.cells) {
    const bool done = cell.standing == Standing::done;
    if (done && !all) continue;
    print_line(to_string(cell.standing), cell.title, cell.task,
               done ? costs_of(cell) : cell.detail);
  }
  for (const StaleRecord& record : status.stale) {
    print_line("stale", record.title, record.task,
               fmt::format("{}: no cell of the plan has this id", record.id));
  }
}

void print_status(const RunStatus& status, const StatusArguments& arguments) {
  fmt::print("{}: {}\n", arguments.folder, counts_of(status));
  if (!status.planned) fmt::print("there is no plan.json: what is left is not known\n");
  if (status.holder) {
    fmt::print("run by process {} on {} since {}\n", status.holder->pid, status.holder->host,
               status.holder->since);
  }
  print_cells(status, arguments.all);
  if (status.seconds_left > 0) {
    fmt::print("About {} of computing left.\n", time_text(status.seconds_left));
  }
  for (const std::string& line : estimate_lines(status.checks)) fmt::print("{}\n", line);
  for (const std::string& note : status.notes) fmt::print("note: {}\n", harmless(note));
}

int exit_code_of(const RunStatus& status) {
  if (status.count(Standing::failed) + status.count(Standing::damaged) > 0) return kSomeFailed;
  const auto all = int64_t(status.cells.size());
  return status.count(Standing::done) == all ? kDone : kSomeLeft;
}

void show_status(const StatusArguments& arguments, Common& common) {
  const std::filesystem::path run = std::filesystem::absolute(arguments.folder).lexically_normal();
  StatusOptions options;
  options.check = arguments.verify ? FileCheck::contents : FileCheck::sizes;
  std::vector<std::string> notes;
  ask_scheduler(run, options, notes);
  RunStatus status = read_status(run, options);
  status.notes.insert(status.notes.end(), notes.begin(), notes.end());
  if (arguments.json) {
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    fmt::print("{}\n", status_json(status).dump(2, ' ', false, replace));
  } else if (!common.quiet) {
    print_status(status, arguments);
  }
  common.exit_code = exit_code_of(status);
}

}  // namespace

void add_status(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "status", "What of a run is done, running, failed, stale and left, and how long it takes");
  auto arguments = std::make_shared<StatusArguments>();
  command->add_option("folder", arguments->folder, "The run folder")->required()->type_name("DIR");
  command->add_flag("--all", arguments->all, "List done cells too, with what they took");
  command->add_flag("--json", arguments->json, "For programs");
  command->add_flag("--verify", arguments->verify,
                    "Read predictions and adapters whole: not their sizes alone, what is in them");
  command->add_flag("--quiet,-q", common.quiet, "Say nothing: the exit code tells");
  command->callback([arguments, &common] { show_status(*arguments, common); });
}

}  // namespace tuneval::cli
