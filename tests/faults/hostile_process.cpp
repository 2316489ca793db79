// Preloaded into a program under test: a clock that jumps, and a library that sets the process's
// locale, as some do when they are loaded.
#include <dlfcn.h>
#include <sys/time.h>

#include <atomic>
#include <clocale>
#include <cstdlib>
#include <ctime>

namespace {

/// Seconds by which the clock is off now: a day forwards or two days back, by turns. Clocks that
/// only go forward are left alone, as the system leaves them when its time is set.
long jump() {
  static const bool jumps = std::getenv("TUNEVAL_TEST_JUMPING_CLOCK") != nullptr;
  static std::atomic<unsigned> calls{0};
  constexpr long kDay = 86400;
  if (!jumps) return 0;
  return calls.fetch_add(1) % 2 == 0 ? kDay : -2 * kDay;
}

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

__attribute__((constructor)) void set_locale() {
  if (std::getenv("TUNEVAL_TEST_LOCALE") != nullptr) std::setlocale(LC_ALL, "");
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
  static auto* const next = real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, out);
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && wall) out->tv_sec += jump();
  return result;
}

int gettimeofday(timeval* __restrict out, void* __restrict zone) noexcept {
  static auto* const next = real<int(timeval*, void*)>("gettimeofday");
  const int result = next(out, zone);
  if (result == 0) out->tv_sec += jump();
  return result;
}

time_t time(time_t* out) noexcept {
  static auto* const next = real<time_t(time_t*)>("time");
  const time_t now = next(nullptr) + jump();
  if (out != nullptr) *out = now;
  return now;
}
}
