#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tuneval::serve {

/// Does jobs on threads of its own, which are made as they are needed. Where the machine gives no
/// further thread, those that there are do.
class Workers {
 public:
  /// `most`: threads at most; 1 or more.
  explicit Workers(size_t most) : most_(most) {}
  /// Does what was added to its end.
  ~Workers() { finish(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Adds a job, which must not throw; it waits until a thread is free. Without any thread the
  /// caller's does it. All from one thread.
  void add(std::function<void()> job);
  /// Waits until all jobs are done; none may be added any more.
  void finish();

 private:
  void work();
  bool start();

  const size_t most_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  size_t idle_ = 0;  // threads that wait for a job
  bool finishing_ = false;
};

}  // namespace tuneval::serve
