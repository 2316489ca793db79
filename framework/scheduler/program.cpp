#include "framework/scheduler/program.h"

#include "framework/scheduler/scheduler.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

extern char** environ;

namespace tuneval {
namespace {

[[noreturn]] void fail(const std::string& program, int reason) {
  if (reason == ENOENT) {
    throw SchedulerError(fmt::format(
        "{}: there is no such program on the PATH: expected a machine that submits to Slurm (a "
        "login node, or one with Debian's package slurm-client)",
        program));
  }
  throw SchedulerError(
      fmt::format("{}: cannot be run: {}", program, std::generic_category().message(reason)));
}

/// A file in memory that a program writes to. Unlike a pipe it needs nobody to read at the time.
class Capture {
 public:
  explicit Capture(const std::string& program) : fd_(::memfd_create("output", MFD_CLOEXEC)) {
    if (fd_ < 0) fail(program, errno);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() { ::close(fd_); }

  int fd() const { return fd_; }
  std::string text() const {
    std::string text;
    char part[4096];
    for (ssize_t count; (count = ::pread(fd_, part, sizeof part, off_t(text.size()))) > 0;) {
      text.append(part, size_t(count));
    }
    return text;
  }

 private:
  int fd_;
};

/// What posix_spawn is to do with the three standard streams, and with signals.
class SpawnPlan {
 public:
  SpawnPlan(const Capture& out, const Capture& err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, out.fd(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, err.fd(), STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;  // whatever this thread blocks, the program is to hear
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  pid_t start(const std::vector<std::string>& arguments) const {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) {
      pointers.push_back(const_cast<char*>(argument.c_str()));  // as C has it; nobody writes there
    }
    pointers.push_back(nullptr);
    pid_t pid = 0;
    const int reason =
        ::posix_spawnp(&pid, pointers[0], &actions_, &attributes_, pointers.data(), environ);
    if (reason != 0) fail(arguments[0], reason);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

int wait_for(const std::string& program, pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail(program, errno);
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments) {
  const Capture out(arguments[0]), err(arguments[0]);
  const int exit_code = wait_for(arguments[0], SpawnPlan(out, err).start(arguments));
  return {exit_code, out.text(), err.text()};
}

std::string output_of(const std::vector<std::string>& arguments, const std::string& purpose) {
  ProgramResult result = run_program(arguments);
  if (result.exit_code == 0) return std::move(result.out);
  std::string said = result.err.empty() ? result.out : result.err;
  while (said.ends_with('\n')) said.pop_back();
  throw SchedulerError(fmt::format("{}: {} ended with exit code {}: {}", purpose, arguments[0],
                                   result.exit_code, said.empty() ? "it said nothing" : said));
}

}  // namespace tuneval
