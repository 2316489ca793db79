#pragma once

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

namespace tuneval::serve {

struct ConnectionLimits {
  std::chrono::milliseconds idle{5000};      ///< between two requests
  std::chrono::milliseconds request{30000};  ///< for a whole request to come in
  std::chrono::milliseconds write{10000};    ///< without a byte that the client takes
  /// In all, for a client to take a response, while nothing more of it can be sent; of that no more
  /// than `write` once the server is to stop.
  std::chrono::milliseconds blocked{60000};
  size_t most_body = size_t(8) << 20;  ///< bytes of a request's body
};

/// A client's connection, as httplib reads and writes it. httplib's own tells nobody whether its
/// client is still there, which matters while an answer is made.
class Connection : public httplib::Stream {
 public:
  /// Takes the socket, and closes it in the end. Once `stop` is set, nothing more is read.
  Connection(int socket, const ConnectionLimits& limits, const std::atomic<bool>& stop);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override;

  /// Waits for the first byte of a request; false where none comes in time, or the client leaves.
  bool wait_for_request();
  /// Whether the client has closed its end.
  bool has_left() const;
  /// The request's body is not read to its end, so that nothing can follow it: the response says
  /// that the connection is closed, and then it is.
  void close_after(const httplib::Request& request);
  bool closes() const { return closes_; }
  /// The request whose head has been read; httplib's own object, which handlers may only read.
  void set_request(httplib::Request& request);

  using httplib::Stream::write;
  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* data, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;

  /// Waits until the socket is ready for `events`; false when `until` has passed.
  bool wait_for(short events, Clock::time_point until) const;
  /// Waits until there is something to read; false when `until` has passed, or it is to stop.
  bool wait_to_read(Clock::time_point until) const;
  /// Waits until something can be written; false when the client has let that wait for too long.
  bool wait_to_write();
  /// Lets the client read what was written: it may still be sending, and closing a socket with
  /// unread data would throw away what it was told.
  void linger();

  const int socket_;
  const ConnectionLimits limits_;
  const std::atomic<bool>& stop_;
  Clock::time_point read_until_ = Clock::now();
  std::array<char, 16384> buffer_{};
  size_t begin_ = 0, end_ = 0;  // of what is buffered
  size_t allowed_ = 0;          // bytes that may still come of the request's head, or its body
  Clock::duration patience_{};  // that is left for what a response waits to be written
  httplib::Request* request_ = nullptr;
  bool closes_ = false;
};

}  // namespace tuneval::serve
