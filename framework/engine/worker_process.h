#pragma once

#include "framework/engine/events.h"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// How a process ended, as wait4(2) says.
struct Ending {
  int signal = 0;  ///< that killed it; 0: it ended by itself
  int exit_code = 0;
  int64_t peak_memory_bytes = 0;  ///< the most it held; not less than this process held at its
                                  ///< start
};

/// How a worker is started.
struct WorkerStart {
  std::string program;                 ///< path of the file to execute
  std::vector<std::string> arguments;  ///< behind the program's name; `--events FD` is added
  std::vector<std::pair<std::string, std::string>> environment;  ///< set beside what there is
  std::filesystem::path log;  ///< gets its outputs until it has them itself
};

/// A child process that tells events through a pipe. It is killed with this process, whatever ends
/// that.
class WorkerProcess {
 public:
  /// Throws Error where the system refuses.
  explicit WorkerProcess(const WorkerStart& start);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  /// Kills it if it runs.
  ~WorkerProcess();

  pid_t pid() const { return pid_; }
  /// To wait for; −1 once everything was read.
  int fd() const { return fd_; }
  /// The events that have come, without waiting.
  std::vector<Event> take_events();
  void send(int signal) const;
  /// None while it runs.
  std::optional<Ending> ended();

 private:
  pid_t pid_ = -1;
  int fd_ = -1;
  EventReader reader_;
  std::optional<Ending> ending_;
};

}  // namespace tuneval
