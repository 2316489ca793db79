#pragma once

#include "framework/teacher/teacher.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace tuneval {

/// Many requests, asked by several threads; their replies are taken by one. The end of a round
/// waits for what is under way: it is paid for.
class Round {
 public:
  /// Asks one request; is told whether to stop. Called from several threads at once.
  using Ask =
      std::function<TeacherReply(const TeacherRequest&, const std::function<bool()>& stopped)>;
  using Done = std::pair<size_t, TeacherReply>;

  Round(std::span<const TeacherRequest> requests, int64_t concurrency, Ask ask,
        const std::atomic<bool>* stop);
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;
  ~Round();

  /// The next reply that has come, with its request's index; null after the last. Where a request
  /// threw, those under way are handed on first, then it is thrown again.
  std::optional<Done> next();

 private:
  void work();
  bool stopped() const { return halted_ || (stop_ != nullptr && *stop_); }

  const std::span<const TeacherRequest> requests_;
  const Ask ask_;
  const std::atomic<bool>* const stop_;
  std::atomic<size_t> begun_ = 0;
  std::atomic<bool> halted_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Done> done_;
  int64_t working_;  ///< threads that have not ended
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace tuneval
