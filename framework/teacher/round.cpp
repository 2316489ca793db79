#include "framework/teacher/round.h"

#include <algorithm>

namespace tuneval {

Round::Round(std::span<const TeacherRequest> requests, int64_t concurrency, Ask ask,
             const std::atomic<bool>* stop)
    : requests_(requests),
      ask_(std::move(ask)),
      stop_(stop),
      working_(std::min(concurrency, static_cast<int64_t>(requests.size()))) {
  const int64_t wanted = working_;
  threads_.reserve(static_cast<size_t>(wanted));
  try {
    for (int64_t i = 0; i < wanted; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    // The machine gives no further thread, or no memory for one: those that there are do.
    if (threads_.empty()) throw;
    const std::lock_guard lock(mutex_);
    working_ -= wanted - static_cast<int64_t>(threads_.size());
  }
}

Round::~Round() {
  halted_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void Round::work() {
  // A failure is kept for the calling thread, and no further request is begun.
  try {
    while (!halted_) {
      const size_t index = begun_++;
      if (index >= requests_.size()) break;
      TeacherReply reply = ask_(requests_[index], [this] { return stopped(); });
      const std::lock_guard lock(mutex_);
      // What only stopped since another failed has no reply of its own.
      if (halted_ && reply.outcome == TeacherOutcome::stopped) break;
      done_.emplace_back(index, std::move(reply));
      changed_.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    halted_ = true;
  }
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_all();
}

std::optional<Round::Done> Round::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !done_.empty() || working_ == 0; });
  if (!done_.empty()) {
    Done done = std::move(done_.front());
    done_.pop_front();
    return done;
  }
  if (failure_) std::rethrow_exception(failure_);
  return std::nullopt;
}

}  // namespace tuneval
