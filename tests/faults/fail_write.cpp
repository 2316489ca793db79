// Preloaded into a program under test: operations that write under a folder are counted, and those
// that a table names (fail_table.h) fail, a write after half of its bytes. What is about no subject
// itself, as the fsync of a folder, is of the one that its thread was at before.
#include "tests/faults/fail_table.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using tuneval::testing::FaultLine;
using tuneval::testing::FaultTable;

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// Null where no test wants any.
FaultTable* map_table() {
  const char* file = std::getenv(tuneval::testing::kFaultTableVariable);
  if (file == nullptr) return nullptr;
  const int fd = real<int(const char*, int, ...)>("open")(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) std::abort();
  void* at = ::mmap(nullptr, sizeof(FaultTable), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (at == MAP_FAILED) std::abort();
  return static_cast<FaultTable*>(at);
}

FaultLine& line_of(FaultTable& table, const char* path) {
  static thread_local uint32_t last = FaultTable::kLines;
  for (uint32_t i = 0; i + 1 < table.lines_used; ++i) {
    if (std::strstr(path, table.lines[i].subject) != nullptr) return table.lines[last = i];
  }
  return table.lines[last < table.lines_used ? last : table.lines_used - 1];
}

/// Whether this operation has to fail; then errno says why.
bool fails(const char* what, const char* path) {
  static FaultTable* const table = map_table();
  if (table == nullptr) return false;
  const size_t folder = std::strlen(table->folder);
  if (std::strncmp(path, table->folder, folder) != 0) return false;
  if (path[folder] != '/' && path[folder] != '\0') return false;
  FaultLine& line = line_of(*table, path + folder);
  if (line.seen.fetch_add(1) + 1 != line.fail_at) return false;
  std::snprintf(line.what, sizeof line.what, "%s %s", what, path + folder);
  line.hit = 1;
  errno = line.reason;
  return true;
}

bool fails(const char* what, int fd) {
  const int before = errno;
  std::array<char, PATH_MAX> path{};
  std::array<char, 32> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
  const bool known = ::readlink(link.data(), path.data(), path.size() - 1) > 0;
  errno = before;
  return known && fails(what, path.data());
}

bool writes(int flags) { return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0; }
bool writes(const char* mode) { return std::strpbrk(mode, "wa+") != nullptr; }

/// The mode, which is there only where a file may be made.
#define MODE_OF(flags)                                      \
  mode_t mode = 0;                                          \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {             \
    va_list rest;                                           \
    va_start(rest, flags);                                  \
    mode = static_cast<mode_t>(va_arg(rest, unsigned int)); \
    va_end(rest);                                           \
  }

/// Streams of which a write was counted; the others of one go the same way.
std::array<std::atomic<bool>, 1024> begun;

bool is_counted(int fd) {
  return fd > 2 && fd < int(begun.size()) && begun[size_t(fd)].exchange(true);
}

FILE* opened(FILE* file) {
  const int fd = file == nullptr ? -1 : ::fileno(file);
  if (fd >= 0 && fd < int(begun.size())) begun[size_t(fd)] = false;
  return file;
}

/// Runs `half` with what errno is to be in the end.
template <class Half>
ssize_t fail_behind(const Half& half) {
  const int reason = errno;
  half();
  errno = reason;
  return -1;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  MODE_OF(flags)
  if (writes(flags) && fails("open", path)) return -1;
  static auto* const next = real<int(const char*, int, ...)>("open");
  return next(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  MODE_OF(flags)
  if (writes(flags) && fails("open", path)) return -1;
  static auto* const next = real<int(const char*, int, ...)>("open64");
  return next(path, flags, mode);
}

int openat(int at, const char* path, int flags, ...) {
  MODE_OF(flags)
  if (writes(flags) && fails("open", path)) return -1;
  static auto* const next = real<int(int, const char*, int, ...)>("openat");
  return next(at, path, flags, mode);
}

int openat64(int at, const char* path, int flags, ...) {
  MODE_OF(flags)
  if (writes(flags) && fails("open", path)) return -1;
  static auto* const next = real<int(int, const char*, int, ...)>("openat64");
  return next(at, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  if (writes(mode) && fails("open", path)) return nullptr;
  static auto* const next = real<FILE*(const char*, const char*)>("fopen");
  return opened(next(path, mode));
}

FILE* fopen64(const char* path, const char* mode) {
  if (writes(mode) && fails("open", path)) return nullptr;
  static auto* const next = real<FILE*(const char*, const char*)>("fopen64");
  return opened(next(path, mode));
}

ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  if (fails("write", fd)) return fail_behind([&] { (void)next(fd, bytes, count / 2); });
  return next(fd, bytes, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  if (fails("write", fd)) return fail_behind([&] { (void)next(fd, bytes, count / 2, at); });
  return next(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  if (fails("write", fd)) return fail_behind([&] { (void)next(fd, bytes, count / 2, at); });
  return next(fd, bytes, count, at);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static auto* const next = real<ssize_t(int, const iovec*, int)>("writev");
  if (fails("write", fd)) return fail_behind([&] { (void)next(fd, parts, count / 2); });
  return next(fd, parts, count);
}

size_t fwrite(const void* bytes, size_t size, size_t count, FILE* file) {
  static auto* const next = real<size_t(const void*, size_t, size_t, FILE*)>("fwrite");
  const int fd = ::fileno(file);
  if (is_counted(fd) || !fails("write", fd)) return next(bytes, size, count, file);
  const int reason = errno;
  const size_t half = next(bytes, size, count / 2, file);
  errno = reason;
  return half;
}

int fflush(FILE* file) {
  static auto* const next = real<int(FILE*)>("fflush");
  const int fd = file == nullptr ? -1 : ::fileno(file);
  if (fd > 2 && fails("flush", fd)) return EOF;
  return next(file);
}

int fsync(int fd) {
  static auto* const next = real<int(int)>("fsync");
  return fails("fsync", fd) ? -1 : next(fd);
}

int fdatasync(int fd) {
  static auto* const next = real<int(int)>("fdatasync");
  return fails("fsync", fd) ? -1 : next(fd);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  return fails("rename", to) ? -1 : next(from, to);
}

int link(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("link");
  return fails("link", to) ? -1 : next(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const next = real<int(const char*, mode_t)>("mkdir");
  return fails("mkdir", path) ? -1 : next(path, mode);
}
}
