#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tuneval {

/// Saves what there is as soon as somebody asks to stop, while a step is being computed too: a step
/// of a large model on a CPU takes minutes, and who asks often waits for ten seconds alone.
class StopWatch {
 public:
  /// `stop`: null, or set by whoever asks. `save` is called by a thread, at most once, while
  /// nothing else holds `mutex()`.
  StopWatch(const std::atomic<bool>* stop, std::function<void()> save);
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;
  ~StopWatch();

  bool asked() const { return stop_ != nullptr && *stop_; }
  /// To be held wherever what is saved is not of one piece.
  std::mutex& mutex() { return mutex_; }

 private:
  void watch();

  const std::atomic<bool>* const stop_;
  const std::function<void()> save_;
  std::mutex mutex_, end_mutex_;
  std::condition_variable ending_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace tuneval
