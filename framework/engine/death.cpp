#include "framework/engine/death.h"

#include "framework/engine/stop_signals.h"
#include "framework/record/cell_state.h"

#include <fmt/format.h>

#include <csignal>
#include <cstring>

namespace tuneval {

namespace {

constexpr size_t kLogLines = 5;

std::string gib(int64_t bytes) { return fmt::format("{:.1f} GiB", double(bytes) / (1 << 30)); }

/// What speaks for a process that the kernel killed for want of memory.
std::string memory_evidence(const Death& death) {
  if (death.memory_kills > 0) {
    return "and the kernel has killed for want of memory meanwhile";
  }
  std::string text = "perhaps out of memory";
  if (death.estimated_memory > 0 && death.free_memory > 0) {
    text += fmt::format(": the plan expects {}, and {} were free when the run began",
                        gib(death.estimated_memory), gib(death.free_memory));
  }
  return text;
}

std::string cause_of(const Death& death) {
  const Ending& ending = death.ending;
  if (!death.doom.empty()) return fmt::format("the worker process {}", death.doom);
  if (ending.signal == SIGKILL) {
    return fmt::format("the worker process was killed by SIGKILL, {}", memory_evidence(death));
  }
  if (ending.signal != 0) {
    return fmt::format("the worker process was killed by {} ({})", signal_name(ending.signal),
                       ::strsignal(ending.signal));
  }
  if (ending.exit_code == kExitStopped) {
    return "the worker process was told to stop by somebody else than its run";
  }
  return fmt::format("the worker process ended with exit code {}", ending.exit_code);
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string describe(const Death& death) {
  std::string text = cause_of(death);
  if (!death.stage.empty()) text += fmt::format("; it was at {}", death.stage);
  if (death.ending.peak_memory_bytes > 0) {
    text += fmt::format("; it had held {} at most", gib(death.ending.peak_memory_bytes));
  }
  return text;
}

std::string describe(const Death& death, const std::filesystem::path& output,
                     const std::string& id) {
  std::string text = describe(death);
  const auto lines = last_log_lines(output, id, kLogLines);
  if (lines.empty()) return text;
  text += fmt::format("; the end of logs/{}.log:", id);
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

}  // namespace tuneval
