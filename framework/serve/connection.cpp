#include "framework/serve/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tuneval::serve {

namespace {

using namespace std::chrono_literals;

constexpr auto kGlance = 100ms;             // how often a waiting thread looks whether to stop
constexpr auto kLinger = 2000ms;            // how long, and for how many bytes, what a client still
constexpr size_t kMostLingered = 64 << 20;  // sends is read and thrown away
// httplib bounds a line of a head once it has all of it, and not their number.
constexpr size_t kMostHead = 256 << 10;
// Of the body's bytes: sent in chunks of one byte each, a body takes six times as many.
constexpr size_t kChunked = 8;

}  // namespace

Connection::Connection(int socket, const ConnectionLimits& limits, const std::atomic<bool>& stop)
    : socket_(socket), limits_(limits), stop_(stop) {}

Connection::~Connection() {
  ::shutdown(socket_, SHUT_WR);
  if (closes_) linger();
  ::close(socket_);
}

bool Connection::wait_for(short events, Clock::time_point until) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd watched{socket_, events, 0};
    const int ready = ::poll(&watched, 1, int(std::max<int64_t>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool Connection::wait_to_read(Clock::time_point until) const {
  while (!stop_ && Clock::now() < until) {
    if (wait_for(POLLIN, std::min(until, Clock::now() + kGlance))) return true;
  }
  return false;
}

bool Connection::wait_for_request() {
  if (begin_ == end_ && (!wait_to_read(Clock::now() + limits_.idle) || has_left())) return false;
  read_until_ = Clock::now() + limits_.request;
  allowed_ = kMostHead;
  patience_ = limits_.blocked;
  return !stop_;
}

void Connection::set_request(httplib::Request& request) {
  request_ = &request;
  // Nothing that is answered here has parts to choose from.
  request.ranges.clear();
  allowed_ = kChunked * limits_.most_body + kMostHead;
}

bool Connection::has_left() const {
  char byte = 0;
  const ssize_t count = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void Connection::close_after(const httplib::Request& request) {
  closes_ = true;
  if (request_ != &request) return;
  request_->headers.erase("Connection");
  request_->headers.emplace("Connection", "close");  // httplib then answers in kind
}

bool Connection::is_readable() const { return begin_ != end_ || wait_to_read(read_until_); }

// Writing waits by itself.
bool Connection::is_writable() const { return !has_left(); }

ssize_t Connection::read(char* data, size_t size) {
  if (begin_ == end_) {
    if (!wait_to_read(read_until_)) return -1;
    const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (count <= 0) return count;
    if (size_t(count) > allowed_) {
      closes_ = true;
      return -1;
    }
    allowed_ -= size_t(count);
    begin_ = 0;
    end_ = size_t(count);
  }
  const size_t count = std::min(size, end_ - begin_);
  std::memcpy(data, buffer_.data() + begin_, count);
  begin_ += count;
  return ssize_t(count);
}

ssize_t Connection::write(const char* data, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t count = ::send(socket_, data + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      done += size_t(count);
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return -1;
    if (!wait_to_write()) return -1;
  }
  return ssize_t(size);
}

bool Connection::wait_to_write() {
  const auto begun = Clock::now();
  bool ready = false;
  for (auto now = begun; !ready; now = Clock::now()) {
    if (stop_) patience_ = std::min<Clock::duration>(patience_, limits_.write);
    const auto until = begun + std::min<Clock::duration>(limits_.write, patience_);
    if (now >= until) break;
    ready = wait_for(POLLOUT, std::min<Clock::time_point>(until, now + kGlance));
  }
  patience_ -= Clock::now() - begun;
  return ready;
}

void Connection::linger() {
  const auto until = Clock::now() + kLinger;
  for (size_t total = 0; total < kMostLingered && wait_for(POLLIN, until);) {
    const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count <= 0) return;
    total += size_t(count);
  }
}

// No handler asks who its client is, and nothing is written down of it.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace tuneval::serve
