#pragma once

#include <array>
#include <csignal>
#include <optional>

namespace tuneval {

/// SIGINT, SIGTERM and SIGHUP as bytes to wait for, as long as it lives; one that was ignored, as
/// under nohup, stays so. SIGPIPE is ignored meanwhile: where Ctrl-C ends `tee` too, workers are
/// still to be waited for. One at a time in a process.
class SignalPipe {
 public:
  SignalPipe();
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;
  ~SignalPipe();

  int fd() const { return fds_[0]; }
  /// The next signal that came; none where none did.
  std::optional<int> next() const;

 private:
  std::array<int, 2> fds_{-1, -1};
  std::array<struct sigaction, 3> before_{};
  struct sigaction pipe_before_ {};
};

}  // namespace tuneval
