#include "framework/serve/workers.h"

#include <system_error>
#include <utility>

namespace tuneval::serve {

void Workers::add(std::function<void()> job) {
  bool lacks = false;
  {
    const std::lock_guard lock(mutex_);
    lacks = jobs_.size() >= idle_;
  }
  // Only a thread that was idle already is sure to come for it.
  if (lacks && threads_.size() < most_ && !start() && threads_.empty()) return job();
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

bool Workers::start() {
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return finishing_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

void Workers::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : std::exchange(threads_, {})) thread.join();
}

}  // namespace tuneval::serve
