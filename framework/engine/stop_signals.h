#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace tuneval {

/// sysexits.h EX_TEMPFAIL: stopped as asked; running again goes on.
constexpr int kExitStopped = 75;

struct StopRule {
  /// After the signal the process has so long to end by itself; then it ends with kExitStopped
  /// wherever it is. 0: as long as it takes.
  std::chrono::milliseconds deadline{0};
  /// Whether a second signal ends the process at once. Not in a worker, which may be sent one by
  /// the terminal and one by its supervisor.
  bool second_ends = true;
};

/// Takes SIGTERM, SIGINT, SIGUSR1 (which Slurm sends ahead of a time limit) and, where it was not
/// ignored, SIGHUP (a terminal that is gone sends it to workers too) as the wish to stop, as long
/// as it lives. One at a time in a process.
class StopSignals {
 public:
  explicit StopSignals(StopRule rule);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  const std::atomic<bool>& stop() const;
  int signal() const;  ///< the first that came; 0: none did

 private:
  void watch_deadline(std::chrono::milliseconds deadline);

  std::mutex mutex_;
  std::condition_variable ending_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace tuneval
