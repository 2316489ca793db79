#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval::testing {

/// The program, started in a process group of its own; what it says goes to a file. What still runs
/// of it in the end is killed.
class Process {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  Process(const std::vector<std::string>& arguments, const std::filesystem::path& says,
          const Environment& set = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  bool is_running();
  /// Waits for its end; the exit code, or 128 and the signal that killed it.
  int wait();
  /// Kills it alone, or its whole group, and waits; whether it was still there to be killed.
  bool kill(bool group);
  /// Children of it that live.
  std::vector<pid_t> workers() const;

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// Whether there is such a process that has not ended.
bool is_alive(pid_t pid);

}  // namespace tuneval::testing
