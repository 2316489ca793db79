#include "framework/engine/worker_process.h"

#include "framework/engine/cell_log.h"
#include "tuneval/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <system_error>

extern char** environ;

namespace tuneval {

namespace {

[[noreturn]] void fail(const std::string& what, int reason) {
  throw Error(fmt::format("a worker process cannot be started: {}: {}", what,
                          std::generic_category().message(reason)));
}

/// Texts as execve wants them; they have to outlive this.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& set) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : set) replaced = replaced || text.starts_with(name + "=");
    if (!replaced) all.push_back(text);
  }
  for (const auto& [name, value] : set) all.push_back(name + "=" + value);
  return all;
}

/// What the child does; between fork and exec nothing may allocate, as other threads of the parent
/// may have held the allocator's lock.
struct ChildFacts {
  const char* program;
  char* const* arguments;
  char* const* environment;
  int log;
  pid_t parent;
};

[[noreturn]] void become_worker(const ChildFacts& child) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != child.parent) ::_exit(127);  // it was gone before the line above
  const int nothing = ::open("/dev/null", O_RDWR);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  const int log = child.log >= 0 ? child.log : nothing;
  if (log >= 0) ::dup2(log, STDOUT_FILENO);
  if (log >= 0) ::dup2(log, STDERR_FILENO);
  // The parent's handlers would write to the parent's pipes.
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    ::sigaction(number, nullptr, &action);
    if (action.sa_handler != SIG_IGN) ::signal(number, SIG_DFL);
  }
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(child.program, child.arguments, child.environment);
  ::_exit(127);
}

}  // namespace

WorkerProcess::WorkerProcess(const WorkerStart& start) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) fail("no pipe", errno);
  std::vector<std::string> arguments = {"tuneval"};
  arguments.insert(arguments.end(), start.arguments.begin(), start.arguments.end());
  arguments.insert(arguments.end(), {"--events", std::to_string(pipe[1])});
  std::vector<std::string> environment = environment_with(start.environment);
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);
  const int log = open_log(start.log);
  const ChildFacts child{start.program.c_str(), argument_pointers.data(),
                         environment_pointers.data(), log, ::getpid()};
  // Inherited by this child alone: others are started by this thread too, later.
  ::fcntl(pipe[1], F_SETFD, 0);
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, &before);
  pid_ = ::fork();
  if (pid_ == 0) become_worker(child);
  const int reason = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::close(pipe[1]);
  if (log >= 0) ::close(log);
  fd_ = pipe[0];
  if (pid_ < 0) {
    ::close(fd_);
    fail("no process", reason);
  }
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

WorkerProcess::~WorkerProcess() {
  if (!ending_) {
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (fd_ >= 0) ::close(fd_);
}

std::vector<Event> WorkerProcess::take_events() {
  std::vector<Event> events;
  std::array<char, 8192> bytes{};
  while (fd_ >= 0) {
    const ssize_t count = ::read(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count <= 0) {
      ::close(fd_);
      fd_ = -1;
      break;
    }
    for (Event& event : reader_.take({bytes.data(), size_t(count)})) {
      events.push_back(std::move(event));
    }
  }
  return events;
}

void WorkerProcess::send(int signal) const {
  if (!ending_) ::kill(pid_, signal);
}

std::optional<Ending> WorkerProcess::ended() {
  if (ending_) return ending_;
  int status = 0;
  rusage usage{};
  if (::wait4(pid_, &status, WNOHANG, &usage) != pid_) return std::nullopt;
  Ending ending;
  ending.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ending.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  ending.peak_memory_bytes = int64_t(usage.ru_maxrss) * 1024;
  ending_ = ending;
  return ending_;
}

}  // namespace tuneval
