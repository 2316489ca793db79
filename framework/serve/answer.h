#pragma once

#include "framework/generate/generate.h"
#include "framework/serve/api_error.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace tuneval::serve {

/// How an answer ended.
struct AnswerEnd {
  Completion completion = {};          ///< its text is not filled in
  int64_t cached_tokens = 0;           ///< of the prompt, those that were in the cache
  std::optional<ApiError> error = {};  ///< in place of the completion
};

/// An answer on its way from the engine's thread to the one that serves its client. The engine
/// never waits for a reader: one that falls too far behind loses the answer.
class Answer {
 public:
  /// `most_unread`: tokens that may wait for the reader.
  explicit Answer(size_t most_unread) : most_unread_(most_unread) {}

  /// The engine's side: a token; false where too many wait already.
  bool put(int64_t id);
  /// The engine's side, once: no more tokens.
  void end(AnswerEnd ending);

  struct News {
    std::vector<int64_t> ids;  ///< tokens since the last time
    bool ended = false;        ///< and none comes any more
  };
  /// The reader's side: what is new, waiting up to `most` where nothing is.
  News wait(std::chrono::milliseconds most);
  /// Once it has ended.
  const AnswerEnd& ending() const { return *ending_; }

 private:
  const size_t most_unread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int64_t> unread_;
  std::optional<AnswerEnd> ending_;
};

}  // namespace tuneval::serve
