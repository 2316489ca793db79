#include "framework/scheduler/slurm_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace tuneval {
namespace {

/// Ends the array's script: what a task does with its cells.
constexpr std::string_view kTaskBody = R"sh(
[[ -z ${SLURM_CPUS_PER_TASK:-} ]] || export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK

# What the run was submitted with has to be on this machine too.
"${tuneval[@]}" node "$run" || exit

child='' near_limit='' stopped='' told=''
exec {never}<> <(:)  # nobody writes there: reading it is waiting, without a process
# Slurm tells this script alone that the time limit nears; SIGTERM it sends to every process of the task.
tell_child() {
  [[ -z $near_limit || -z $child || $told ]] || { told=yes; kill -USR1 "$child" 2>/dev/null; }
}
trap 'near_limit=yes; tell_child' USR1
trap 'stopped=yes' TERM

# run_cells CELL...: in one process; its exit code becomes `code`, the worst one `worst`.
code=0 worst=0
run_cells() {
  local cell arguments=()
  for cell in "$@"; do arguments+=(--id "$cell"); done
  "${tuneval[@]}" cell --plan "$run/plan.json" "${arguments[@]}" &
  child=$! told=''
  tell_child
  # Where a signal ends `wait`, bash 5.2 may lose the exit code: it is asked when the process is gone.
  while kill -0 "$child" 2>/dev/null; do read -rt 0.2 -u "$never"; done
  wait "$child"
  code=$?
  child=''
  ((code <= worst)) || worst=$code
}

run_cells "${cells[@]}"
if ((code > 128)) && [[ -z $near_limit$stopped ]] && ((${#cells[@]} > 1)); then
  echo "tuneval: a process died (exit code $code): each of its cells by itself now"
  worst=0
  for cell in "${cells[@]}"; do
    [[ -z $near_limit$stopped ]] || { code=75 worst=75; break; }  # what is left has not run
    run_cells "$cell"
  done
fi

# 75: stopped after a checkpoint. Killed by the signal before it could listen comes to the same.
if [[ $near_limit ]] && ((code == 75 || code > 128)); then
  if ((${SLURM_RESTART_COUNT:-0} < requeues)); then
    echo "tuneval: the time limit is near: back into the queue, to go on from the checkpoint"
    # Slurm ends this script once it has done that.
    if scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; then sleep 120; fi
    exit 75
  fi
  echo "tuneval: stopped by its time limit $requeues times: submit again to go on"
fi
exit "$worst"
)sh";

bool is_plain(unsigned char c) {
  return std::isalnum(c) != 0 ||
         std::string_view("_-./:,+@%=").find(char(c)) != std::string_view::npos;
}

/// A file's name in an option of sbatch, where % begins a pattern.
std::string without_patterns(const std::filesystem::path& file) {
  std::string text;
  for (const char c : file.string()) text += c == '%' ? "%%" : std::string(1, c);
  return text;
}

/// What all jobs of a run ask for.
std::string shared_lines(const SlurmOptions& options) {
  std::string lines;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) lines += fmt::format("#SBATCH --{}={}\n", name, value);
  };
  add("partition", options.partition);
  add("account", options.account);
  add("qos", options.qos);
  return lines;
}

std::string further_lines(const SlurmOptions& options) {
  std::string lines;
  if (!options.gres.empty()) lines += fmt::format("#SBATCH --gres={}\n", options.gres);
  for (const std::string& option : options.options) lines += fmt::format("#SBATCH {}\n", option);
  return lines;
}

/// What comes before a script's own work: the runner's setup, then `tuneval` and `run`.
std::string prelude(const Submission& submission, const SlurmOptions& options) {
  std::string text = "\n";
  for (const std::string& line : options.setup) text += line + "\n";
  text += fmt::format("set -u\ntuneval=({}", shell_word(submission.program.string()));
  for (const std::string& plugin : submission.plugins) {
    text += fmt::format(" --plugins {}", shell_word(plugin));
  }
  return text + fmt::format(")\nrun={}\n", shell_word(submission.run.string()));
}

std::string array_lines(const Submission& submission, const SlurmOptions& options) {
  std::string lines = fmt::format("#SBATCH --array=0-{}", submission.tasks.size() - 1);
  lines += options.width > 0 ? fmt::format("%{}\n", options.width) : "\n";
  lines +=
      fmt::format("#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --signal=B:USR1@{}\n",
                  options.signal);
  if (!options.time.empty()) lines += fmt::format("#SBATCH --time={}\n", options.time);
  std::string memory = options.memory;
  if (memory.empty()) {
    int64_t peak = 0;
    for (const ScheduledTask& task : submission.tasks) peak = std::max(peak, task.memory_bytes);
    if (peak > 0) memory = slurm_memory(peak);
  }
  if (!memory.empty()) lines += fmt::format("#SBATCH --mem={}\n", memory);
  if (options.cpus > 0) lines += fmt::format("#SBATCH --cpus-per-task={}\n", options.cpus);
  return lines;
}

std::string cells_of_tasks(const Submission& submission) {
  std::string text = "case $SLURM_ARRAY_TASK_ID in\n";
  for (size_t i = 0; i < submission.tasks.size(); ++i) {
    text += fmt::format("  {})  # {}\n    cells=({}) ;;\n", i, submission.tasks[i].title,
                        fmt::join(submission.tasks[i].cells, " "));
  }
  return text + "  *) echo \"tuneval: no task $SLURM_ARRAY_TASK_ID\"; exit 2 ;;\nesac\n";
}

constexpr std::string_view kHead = "#!/bin/bash\n# Written by `tuneval submit`, anew each time.\n";

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? R"('\'')" : std::string(1, c);
  return word + "'";
}

std::string slurm_memory(int64_t peak_bytes) {
  constexpr int64_t kMebibyte = int64_t{1} << 20;
  const int64_t wanted = peak_bytes + peak_bytes / 4 + 512 * kMebibyte;
  return fmt::format("{}M", (wanted + kMebibyte - 1) / kMebibyte);
}

std::string array_script(const Submission& submission, const SlurmOptions& options) {
  return fmt::format("{}{}{}{}{}{}requeues={}\n{}", kHead, array_lines(submission, options),
                     shared_lines(options), further_lines(options), prelude(submission, options),
                     cells_of_tasks(submission), options.requeues, kTaskBody);
}

std::string report_script(const Submission& submission, const SlurmOptions& options) {
  std::string command = R"(exec "${tuneval[@]}" report "$run" --quiet)";
  for (const std::string& option : submission.report_options) {
    command += fmt::format(" {}", shell_word(option));
  }
  return fmt::format("{}#SBATCH --open-mode=append\n{}{}\n{}\n", kHead, shared_lines(options),
                     prelude(submission, options), command);
}

std::string probe_script(const Submission& submission, const SlurmOptions& options) {
  return fmt::format(
      "{}#SBATCH --no-requeue\n#SBATCH --time=5\n{}{}{}\n{}\n", kHead, shared_lines(options),
      further_lines(options), prelude(submission, options),
      R"(exec "${tuneval[@]}" node "$run" --write "$run/slurm/probe-$SLURM_JOB_ID.json")");
}

std::filesystem::path probe_answer_path(const std::filesystem::path& run, std::string_view job) {
  return run / "slurm" / fmt::format("probe-{}.json", job);
}

std::filesystem::path probe_output_path(const std::filesystem::path& run, std::string_view job) {
  return run / "slurm" / fmt::format("probe-{}.out", job);
}

std::filesystem::path script_path(const std::filesystem::path& run, const std::string& name) {
  return run / "slurm" / (name + ".sh");
}

std::vector<std::string> sbatch_command(const Submission& submission, const std::string& name,
                                        const std::vector<std::string>& dependencies) {
  const std::string folder = without_patterns(submission.run);
  const std::string output = name == "array"   ? "/logs/slurm-%A_%a.out"
                             : name == "probe" ? "/slurm/probe-%j.out"
                                               : "/logs/slurm-%j.report.out";
  std::string title = fmt::format("tuneval-{}", submission.name);
  if (name != "array") title += "-" + name;
  std::ranges::replace_if(
      title, [](unsigned char c) { return !is_plain(c); }, '_');
  std::vector<std::string> command = {"sbatch", "--parsable", "--job-name=" + title,
                                      "--output=" + folder + output,
                                      fmt::format("--chdir={}", submission.run.string())};
  if (!dependencies.empty()) {
    command.push_back(fmt::format("--dependency=afterany:{}", fmt::join(dependencies, ":")));
  }
  command.push_back(script_path(submission.run, name).string());
  return command;
}

}  // namespace tuneval
