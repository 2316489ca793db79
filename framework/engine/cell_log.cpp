#include "framework/engine/cell_log.h"

#include "framework/record/cell_state.h"
#include "framework/record/record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <system_error>

namespace tuneval {

namespace {

constexpr const char* kHeader = "--- attempt ";

void flush_all() {
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
}

int64_t attempts_in(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  int64_t attempts = 0;
  for (std::string line; std::getline(stream, line);) attempts += line.starts_with(kHeader);
  return attempts;
}

}  // namespace

int open_log(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

CellLog::CellLog(const std::filesystem::path& file) : attempt_(attempts_in(file) + 1) {
  const int log = open_log(file);
  if (log < 0) return;
  flush_all();
  out_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  err_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close(log);
  // Not fmt::print, which throws where the disk is full.
  std::fputs(fmt::format("{}{}: {}, process {} of {}\n", kHeader, attempt_, utc_now(), ::getpid(),
                         host_name())
                 .c_str(),
             stderr);
}

CellLog::~CellLog() {
  flush_all();
  if (out_ >= 0) ::dup2(out_, STDOUT_FILENO);
  if (err_ >= 0) ::dup2(err_, STDERR_FILENO);
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

}  // namespace tuneval
