#include "framework/tune/stop_watch.h"

#include <chrono>
#include <exception>
#include <utility>

namespace tuneval {

namespace {

constexpr std::chrono::milliseconds kLookEvery{50};

}  // namespace

StopWatch::StopWatch(const std::atomic<bool>* stop, std::function<void()> save)
    : stop_(stop), save_(std::move(save)) {
  if (stop_ != nullptr && save_) thread_ = std::thread([this] { watch(); });
}

StopWatch::~StopWatch() {
  {
    const std::lock_guard lock(end_mutex_);
    ended_ = true;
  }
  ending_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StopWatch::watch() {
  std::unique_lock end(end_mutex_);
  while (!asked()) {
    if (ending_.wait_for(end, kLookEvery, [this] { return ended_; }) && !asked()) return;
  }
  end.unlock();
  const std::lock_guard lock(mutex_);
  try {
    save_();
  } catch (const std::exception&) {
    // As on a full disk. The thread that tunes comes to the same and says so; if it is not given
    // the time, the checkpoint before this one serves.
  }
}

}  // namespace tuneval
