#include "bench/ours/operators.h"

#include "bench/ours/bench.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace tuneval::bench {

namespace {

using Clock = std::chrono::steady_clock;

struct Total {
  int64_t calls = 0;
  double seconds = 0.0;
};

std::mutex mutex;
std::map<std::string, Total> totals;
// Seconds spent in operators that the one running on this thread called.
thread_local std::vector<double> below;

struct Running : at::ObserverContext {
  Clock::time_point begin = Clock::now();
};

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction&) {
  below.push_back(0.0);
  return std::make_unique<Running>();
}

void leave(const at::RecordFunction& function, at::ObserverContext* context) {
  const auto begin = static_cast<const Running*>(context)->begin;
  const double whole = std::chrono::duration<double>(Clock::now() - begin).count();
  const double own = whole - below.back();
  below.pop_back();
  if (!below.empty()) below.back() += whole;
  const std::scoped_lock lock(mutex);
  Total& total = totals[function.name()];
  ++total.calls;
  total.seconds += own;
}

}  // namespace

OperatorTimes::OperatorTimes() {
  totals.clear();
  handle_ = at::addGlobalCallback(
      at::RecordFunctionCallback(enter, leave)
          .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
}

OperatorTimes::~OperatorTimes() { at::removeCallback(handle_); }

void OperatorTimes::print() const {
  const std::scoped_lock lock(mutex);
  std::vector<std::pair<std::string, Total>> sorted(totals.begin(), totals.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  for (const auto& [name, total] : sorted) {
    print_line({{"operator", name}, {"calls", total.calls}, {"seconds", total.seconds}});
  }
}

}  // namespace tuneval::bench
