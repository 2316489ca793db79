#pragma once

#include "tuneval/error.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace tuneval {

/// Who holds a lease.
struct LeaseHolder {
  std::string host;
  int64_t pid = 0;
  std::string since;          ///< UTC
  std::string nonce;          ///< of this taking alone
  std::string space;          ///< where `pid` counts: the boot and the pid namespace
  std::string process_start;  ///< of `pid`: a number that is used again is not taken for it
  int64_t counter = 0;        ///< grows while the holder lives
};

/// None where there is no lease, or none that can be read.
std::optional<LeaseHolder> read_lease(const std::filesystem::path& file);
/// Whether the holder is a process of this machine that is known to have ended.
bool is_dead(const LeaseHolder& holder);

/// Somebody else holds it.
class LeaseHeld : public ManifestError {
 public:
  LeaseHeld(const std::filesystem::path& file, const LeaseHolder& holder);
  const LeaseHolder& holder() const { return holder_; }

 private:
  LeaseHolder holder_;
};

struct LeaseTiming {
  std::chrono::milliseconds heartbeat{3000};
  /// A counter that does not move for so long, by the clock of who waits, is nobody's.
  std::chrono::milliseconds stale{30000};
  std::chrono::milliseconds poll{100};
  /// How long a holder is waited for that is alive: it may be about to end.
  std::chrono::milliseconds patience{2000};
};

/// Keeps something of a run folder to one process at a time, on network file systems too: a file
/// that is made by link(2), in which a thread counts on as long as the process lives. No clock of
/// another machine is looked at.
///
/// One whose process is known to be dead, or whose counter stands still, is taken over: of several
/// takers one alone can make the name that the old lease's nonce gives, which then takes the old
/// one's place. A holder that was thought dead finds another file at its lease's name: `lost`.
class Lease {
 public:
  /// Makes missing folders. Throws LeaseHeld where another process holds it and is alive,
  /// RecordError where the disk refuses.
  explicit Lease(std::filesystem::path file, LeaseTiming timing = {});
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  /// Gives it back.
  ~Lease();

  /// Whether another process has it by now; asked before anything is written that it guards.
  bool lost() const;

 private:
  void acquire();
  bool make(const std::filesystem::path& at);
  bool take_over(const std::filesystem::path& marker, const std::string& stale);
  [[noreturn]] void give_up(std::string_view what, const std::filesystem::path& made);
  void beat();
  void keep_beating();
  bool is_ours() const;
  void close();

  const std::filesystem::path file_;
  const LeaseTiming timing_;
  LeaseHolder self_;
  int fd_ = -1;  ///< of the file that is ours, whatever its name is by now
  std::atomic<bool> lost_ = false;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool ended_ = false;
  std::thread thread_;
};

/// OUTPUT/lease.json, of `tuneval run`; OUTPUT/leases/<id>.json, of who runs a cell.
std::filesystem::path run_lease_path(const std::filesystem::path& output);
std::filesystem::path cell_lease_path(const std::filesystem::path& output, std::string_view id);

}  // namespace tuneval
