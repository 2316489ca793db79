#pragma once

#include "framework/teacher/clock.h"

#include <cstdint>
#include <memory>
#include <mutex>

namespace tuneval {

/// Keeps requests apart so that no minute has more of them, or of their tokens, than allowed. They
/// are spread evenly: a server that counts by the second is content too. For many threads.
class Pace {
 public:
  /// 0: no limit.
  Pace(int64_t requests_per_minute, int64_t tokens_per_minute, std::shared_ptr<Clock> clock);

  /// Waits for the turn of one request of about `tokens` tokens. False when it was stopped before.
  bool wait_for_turn(int64_t tokens, const IsStopped& stopped);
  /// Says how many tokens a request of about `expected` had in the end.
  void correct(int64_t expected, int64_t tokens);
  /// Lets no request begin in the next `seconds`: the server asked for that. Turns that fall into
  /// this time are given anew after it, spread like any others.
  void hold(double seconds);

 private:
  double book(int64_t tokens);
  bool is_held(double turn) const;

  double request_seconds_, token_seconds_;  ///< that one request, one token, takes up
  std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  // From when on the next request may begin.
  double next_by_requests_, next_by_tokens_, held_until_;
};

}  // namespace tuneval
