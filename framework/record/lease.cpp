#include "framework/record/lease.h"

#include "framework/record/atomic_file.h"
#include "framework/record/cell_state.h"
#include "framework/record/json_object.h"
#include "framework/record/record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>
#include <system_error>
#include <utility>

namespace tuneval {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// What a pid belongs to: it says nothing in another container, or after a new start.
std::string pid_space() {
  std::error_code ignored;
  return first_line("/proc/sys/kernel/random/boot_id") + " " +
         fs::read_symlink("/proc/self/ns/pid", ignored).string();
}

/// State and start of a process as /proc tells them; empty where it does not.
struct ProcessFacts {
  std::string state, start;
};

ProcessFacts facts_of(int64_t pid) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", pid));
  const size_t name_end = line.rfind(')');  // the name may hold anything
  if (name_end == line.npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  ProcessFacts facts;
  rest >> facts.state;
  for (int field = 4; field <= 22; ++field) rest >> facts.start;  // proc(5): 22 is its start
  return facts;
}

std::string random_nonce() {
  std::random_device random;
  std::string nonce;
  for (int i = 0; i < 4; ++i) nonce += fmt::format("{:08x}", random());
  return nonce;
}

/// The same length for every counter, so that it can be written in place.
std::string content_of(const LeaseHolder& holder) {
  const auto quoted = [](const std::string& text) { return json_text(text, -1); };
  return fmt::format(
      "{{\"host\": {}, \"pid\": {}, \"since\": {}, \"nonce\": {}, \"space\": {}, "
      "\"process_start\": {}, \"counter\": {:>20}}}\n",
      quoted(holder.host), holder.pid, quoted(holder.since), quoted(holder.nonce),
      quoted(holder.space), quoted(holder.process_start), holder.counter);
}

/// None where there is no such file.
std::optional<std::string> bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

std::optional<LeaseHolder> parse(const std::string& bytes) {
  try {
    const auto json = parse_json_object(bytes, "lease");
    JsonObject object(json, "lease");
    LeaseHolder holder;
    holder.host = object.text("host");
    holder.pid = object.integer("pid");
    holder.since = object.text("since");
    holder.nonce = object.text("nonce");
    holder.space = object.text("space");
    holder.process_start = object.text("process_start");
    holder.counter = object.integer("counter");
    const bool hex = holder.nonce.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (holder.nonce.empty() || !hex) return std::nullopt;  // it becomes part of a file's name
    return holder;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// What a lease is told apart from another by.
std::string generation_of(const std::string& bytes) {
  const std::optional<LeaseHolder> holder = parse(bytes);
  return holder ? holder->nonce : "unreadable";
}

bool write_whole(int fd, const std::string& bytes) {
  return ::pwrite(fd, bytes.data(), bytes.size(), 0) == ssize_t(bytes.size()) && ::fsync(fd) == 0;
}

fs::path beside(const fs::path& file, const std::string& ending) {
  return file.parent_path() / fmt::format(".{}.{}", file.filename().string(), ending);
}

}  // namespace

std::optional<LeaseHolder> read_lease(const fs::path& file) {
  const std::optional<std::string> bytes = bytes_of(file);
  return bytes ? parse(*bytes) : std::nullopt;
}

bool is_dead(const LeaseHolder& holder) {
  if (holder.space != pid_space()) return false;
  if (::kill(pid_t(holder.pid), 0) != 0 && errno == ESRCH) return true;
  const ProcessFacts facts = facts_of(holder.pid);
  if (facts.state.empty()) return false;  // somebody else's, and hidden
  return facts.state == "Z" || facts.state == "X" || facts.start != holder.process_start;
}

LeaseHeld::LeaseHeld(const fs::path& file, const LeaseHolder& holder)
    : ManifestError(fmt::format("{}: process {} of {} holds it, since {}: expected one at a time; "
                                "wait for it, or stop it, or take another folder",
                                file.string(), holder.pid, holder.host, holder.since)),
      holder_(holder) {}

Lease::Lease(fs::path file, LeaseTiming timing) : file_(std::move(file)), timing_(timing) {
  std::error_code problem;
  fs::create_directories(file_.parent_path(), problem);
  if (problem) fail_file(file_, "cannot make its folder", problem.value());
  self_.host = host_name();
  self_.pid = ::getpid();
  self_.since = utc_now();
  self_.nonce = random_nonce();
  self_.space = pid_space();
  self_.process_start = facts_of(self_.pid).start;
  acquire();
  try {
    thread_ = std::thread([this] { keep_beating(); });
  } catch (const std::system_error& error) {
    errno = error.code().value();
    give_up("no thread can be started that keeps it", file_);
  }
}

Lease::~Lease() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ending_.notify_all();
  thread_.join();
  if (is_ours()) ::unlink(file_.c_str());
  close();
}

void Lease::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

/// Leaves nothing of it: a constructor that throws has no destructor.
void Lease::give_up(std::string_view what, const fs::path& made) {
  const int reason = errno;
  ::unlink(made.c_str());
  close();
  fail_file(file_, what, reason);
}

bool Lease::lost() const { return lost_ || !is_ours(); }

bool Lease::is_ours() const {
  struct stat named {};
  struct stat opened {};
  if (::fstat(fd_, &opened) != 0) return errno != ESTALE;
  // Where the file system does not answer, nobody has taken it that we know of.
  if (::stat(file_.c_str(), &named) != 0) return errno != ENOENT;
  return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/// Makes a file of that name with our content, unless there is one.
bool Lease::make(const fs::path& at) {
  const fs::path temporary = beside(file_, self_.nonce + ".tmp");
  fd_ = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) fail_file(file_, "cannot be written", errno);
  if (!write_whole(fd_, content_of(self_))) give_up("cannot be written", temporary);
  int reason = ::link(temporary.c_str(), at.c_str()) == 0 ? 0 : errno;
  struct stat facts {};
  // Over a network the reply to a link that was made may be lost: the number of names tells.
  if (reason != 0 && ::fstat(fd_, &facts) == 0 && facts.st_nlink == 2) reason = 0;
  ::unlink(temporary.c_str());
  if (reason == 0) return true;
  close();
  if (reason == EEXIST) return false;
  if (reason != EPERM && reason != EOPNOTSUPP && reason != ENOSYS && reason != EMLINK) {
    fail_file(file_, "cannot be made", reason);
  }
  // A file system without links.
  fd_ = ::open(at.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd_ < 0 && errno == EEXIST) return false;
  if (fd_ < 0) fail_file(file_, "cannot be made", errno);
  if (!write_whole(fd_, content_of(self_))) give_up("cannot be made", at);
  return true;
}

/// Whether we are the one who puts a lease in place of the stale one.
bool Lease::take_over(const fs::path& marker, const std::string& stale) {
  if (!make(marker)) return false;
  // Another taker may have been here before us, and be done.
  const std::optional<std::string> now = bytes_of(file_);
  if (now && generation_of(*now) == stale) {
    if (::rename(marker.c_str(), file_.c_str()) == 0) return true;
    if (errno != ENOENT) give_up("cannot be taken over", marker);
    // We were so slow that the marker was thought left behind.
  } else {
    ::unlink(marker.c_str());
  }
  close();
  return false;
}

void Lease::acquire() {
  const Clock::time_point begin = Clock::now();
  Clock::time_point unchanged_since = begin;
  std::string before;
  while (!make(file_)) {
    const std::optional<std::string> bytes = bytes_of(file_);
    if (!bytes) {  // given back meanwhile, or another user's
      if (::access(file_.c_str(), R_OK) != 0 && errno == EACCES) {
        fail_file(file_, "cannot be read, so that nobody knows who holds it", EACCES);
      }
      std::this_thread::sleep_for(timing_.poll);
      continue;
    }
    const Clock::time_point now = Clock::now();
    const std::optional<LeaseHolder> holder = parse(*bytes);
    const bool dead = holder && is_dead(*holder);
    const bool moved =
        !before.empty() && *bytes != before && generation_of(*bytes) == generation_of(before);
    const bool alive = holder && !dead && (moved || holder->space == self_.space);
    if (alive && now - begin >= timing_.patience) throw LeaseHeld(file_, *holder);
    if (*bytes != before) unchanged_since = now;
    before = *bytes;
    const auto waited = now - unchanged_since;
    if (!alive && (dead || waited >= timing_.stale)) {
      const std::string stale = generation_of(*bytes);
      const fs::path marker = beside(file_, "after-" + stale);
      if (take_over(marker, stale)) return;
      // Its maker died in between.
      if (waited >= 2 * timing_.stale) ::unlink(marker.c_str());
    }
    std::this_thread::sleep_for(timing_.poll);
  }
}

void Lease::beat() {
  if (!is_ours()) {
    lost_ = true;
    return;
  }
  ++self_.counter;
  // In place: should another process have taken over since, this goes to a file without a name. One
  // beat that fails is not the end: what counts is that the next ones do not.
  if (!write_whole(fd_, content_of(self_)) && errno == ESTALE) lost_ = true;
}

void Lease::keep_beating() {
  std::unique_lock lock(mutex_);
  while (!ending_.wait_for(lock, timing_.heartbeat, [this] { return ended_; })) {
    lock.unlock();
    beat();
    lock.lock();
    if (lost_) return;
  }
}

fs::path run_lease_path(const fs::path& output) { return output / "lease.json"; }

fs::path cell_lease_path(const fs::path& output, std::string_view id) {
  return output / "leases" / cell_state_path(output, id).filename();
}

}  // namespace tuneval
