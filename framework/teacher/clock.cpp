#include "framework/teacher/clock.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tuneval {
namespace {

/// How long a stop may go unnoticed, in seconds.
constexpr double kNap = 0.05;

class SteadyClock final : public Clock {
 public:
  double now() const override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  void sleep(double seconds) override {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
};

}  // namespace

Clock::~Clock() = default;

std::shared_ptr<Clock> steady_clock() { return std::make_shared<SteadyClock>(); }

bool wait_until(Clock& clock, double moment, const IsStopped& stopped) {
  while (!stopped()) {
    const double rest = moment - clock.now();
    if (rest <= 0.0) return true;
    clock.sleep(std::min(rest, kNap));
  }
  return false;
}

}  // namespace tuneval
