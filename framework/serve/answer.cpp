#include "framework/serve/answer.h"

#include <utility>

namespace tuneval::serve {

bool Answer::put(int64_t id) {
  {
    const std::lock_guard lock(mutex_);
    if (unread_.size() >= most_unread_) return false;
    unread_.push_back(id);
  }
  changed_.notify_one();
  return true;
}

void Answer::end(AnswerEnd ending) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    ending_ = std::move(ending);
  }
  changed_.notify_one();
}

Answer::News Answer::wait(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [&] { return ending_ || !unread_.empty(); });
  return {std::exchange(unread_, {}), ending_.has_value()};
}

}  // namespace tuneval::serve
