#include "framework/teacher/pace.h"

#include <algorithm>
#include <utility>

namespace tuneval {
namespace {

double seconds_each(int64_t per_minute) {
  return per_minute > 0 ? 60.0 / static_cast<double>(per_minute) : 0.0;
}

}  // namespace

Pace::Pace(int64_t requests_per_minute, int64_t tokens_per_minute, std::shared_ptr<Clock> clock)
    : request_seconds_(seconds_each(requests_per_minute)),
      token_seconds_(seconds_each(tokens_per_minute)),
      clock_(std::move(clock)),
      next_by_requests_(clock_->now()),
      next_by_tokens_(next_by_requests_),
      held_until_(next_by_requests_) {}

double Pace::book(int64_t tokens) {
  const std::lock_guard lock(mutex_);
  const double turn = std::max({clock_->now(), next_by_requests_, next_by_tokens_, held_until_});
  next_by_requests_ = turn + request_seconds_;
  next_by_tokens_ = turn + static_cast<double>(tokens) * token_seconds_;
  return turn;
}

bool Pace::is_held(double turn) const {
  const std::lock_guard lock(mutex_);
  return turn < held_until_;
}

bool Pace::wait_for_turn(int64_t tokens, const IsStopped& stopped) {
  double turn = 0.0;
  // While this one waits, the server may ask all to wait. Whose turn falls into that time takes a
  // new one: else all of them would begin together at its end.
  do {
    turn = book(tokens);
    if (!wait_until(*clock_, turn, stopped)) return false;
  } while (is_held(turn));
  return true;
}

void Pace::correct(int64_t expected, int64_t tokens) {
  const std::lock_guard lock(mutex_);
  next_by_tokens_ += static_cast<double>(tokens - expected) * token_seconds_;
}

void Pace::hold(double seconds) {
  const std::lock_guard lock(mutex_);
  held_until_ = std::max(held_until_, clock_->now() + seconds);
}

}  // namespace tuneval
