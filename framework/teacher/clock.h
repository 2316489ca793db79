#pragma once

#include <functional>
#include <memory>

namespace tuneval {

/// Time as pacing and back-off see it; that of tests passes without waiting. Called from several
/// threads at once.
class Clock {
 public:
  virtual ~Clock();
  virtual double now() const = 0;  ///< seconds since some moment; never goes back
  virtual void sleep(double seconds) = 0;
};

std::shared_ptr<Clock> steady_clock();

/// Whether to give up waiting.
using IsStopped = std::function<bool()>;

/// Sleeps until the clock shows `moment`. False when it was stopped before.
bool wait_until(Clock& clock, double moment, const IsStopped& stopped);

}  // namespace tuneval
