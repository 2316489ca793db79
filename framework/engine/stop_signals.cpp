#include "framework/engine/stop_signals.h"

#include <unistd.h>
#include <csignal>

namespace tuneval {

namespace {

constexpr int kStopSignals[] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};
constexpr std::chrono::milliseconds kLookEvery{50};

// What a signal handler may touch.
std::atomic<bool> stopping = false;
std::atomic<int> first_signal = 0;
std::atomic<bool> second_ends = false;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

bool is_ignored_hangup(int number) {
  struct sigaction now {};
  return number == SIGHUP && ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

extern "C" void note_signal(int number) {
  if (stopping && second_ends) ::_exit(128 + number);
  int none = 0;
  first_signal.compare_exchange_strong(none, number);
  stopping = true;
}

}  // namespace

StopSignals::StopSignals(StopRule rule) {
  stopping = false;
  first_signal = 0;
  second_ends = rule.second_ends;
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : kStopSignals) {
    if (!is_ignored_hangup(number)) ::sigaction(number, &action, nullptr);
  }
  if (rule.deadline.count() > 0) {
    thread_ = std::thread([this, deadline = rule.deadline] { watch_deadline(deadline); });
  }
}

StopSignals::~StopSignals() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ending_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const int number : kStopSignals) {
    if (!is_ignored_hangup(number)) std::signal(number, SIG_DFL);
  }
}

const std::atomic<bool>& StopSignals::stop() const { return stopping; }

int StopSignals::signal() const { return first_signal; }

void StopSignals::watch_deadline(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  const auto ended = [this] { return ended_; };
  while (!stopping) {
    if (ending_.wait_for(lock, kLookEvery, ended)) return;
  }
  if (ending_.wait_for(lock, deadline, ended)) return;
  // Whatever is under way takes too long; all that is on the disk is whole.
  ::_exit(kExitStopped);
}

}  // namespace tuneval
