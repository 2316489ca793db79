#include "framework/engine/signal_pipe.h"

#include "tuneval/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace tuneval {

namespace {

constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};

std::atomic<int> write_end = -1;

extern "C" void pass_on(int number) {
  const int reason = errno;
  const auto byte = static_cast<unsigned char>(number);
  [[maybe_unused]] const ssize_t written = ::write(write_end, &byte, 1);
  errno = reason;
}

}  // namespace

SignalPipe::SignalPipe() {
  if (::pipe2(fds_.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw Error("no pipe for signals");
  write_end = fds_[1];
  std::signal(SIGCHLD, SIG_DFL);  // ignored, as some shells leave it, nobody could be waited for
  struct sigaction action {};
  action.sa_handler = pass_on;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, &pipe_before_);
}

SignalPipe::~SignalPipe() {
  for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  write_end = -1;
  ::close(fds_[0]);
  ::close(fds_[1]);
}

std::optional<int> SignalPipe::next() const {
  unsigned char byte = 0;
  return ::read(fds_[0], &byte, 1) == 1 ? std::optional<int>(byte) : std::nullopt;
}

}  // namespace tuneval
