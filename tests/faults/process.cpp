#include "tests/faults/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <stdexcept>

extern char** environ;

namespace tuneval::testing {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& says,
                 const Environment& set) {
  std::vector<std::string> words = {TUNEVAL_PROGRAM}, variables;
  words.insert(words.end(), arguments.begin(), arguments.end());
  for (const auto& [name, value] : set) variables.push_back(name + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, says.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
  const int failed = ::posix_spawn(&pid_, TUNEVAL_PROGRAM, &files, &how, pointers(words).data(),
                                   pointers(variables).data());
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("the program cannot be started");
}

Process::~Process() { kill(true); }

bool Process::is_running() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return !status_;
}

int Process::wait() {
  int status = 0;
  while (!status_) {
    if (::waitpid(pid_, &status, 0) == pid_) {
      status_ = status;
    } else if (errno != EINTR) {
      throw std::runtime_error("nobody to wait for");
    }
  }
  return WIFSIGNALED(*status_) ? 128 + WTERMSIG(*status_) : WEXITSTATUS(*status_);
}

bool Process::kill(bool group) {
  if (!is_running()) return false;
  ::kill(group ? -pid_ : pid_, SIGKILL);
  return wait() == 128 + SIGKILL;
}

std::vector<pid_t> Process::workers() const {
  std::ifstream stream(fmt::format("/proc/{0}/task/{0}/children", pid_));
  std::vector<pid_t> alive;
  for (pid_t child = 0; stream >> child;) {
    if (is_alive(child)) alive.push_back(child);
  }
  return alive;
}

bool is_alive(pid_t pid) {
  std::ifstream stream(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(stream, line);
  const size_t name_end = line.rfind(')');  // the name may hold anything
  if (name_end == line.npos || name_end + 2 >= line.size()) return false;
  const char state = line[name_end + 2];
  return state != 'Z' && state != 'X';
}

}  // namespace tuneval::testing
