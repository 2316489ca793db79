#include "framework/serve/connection.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace tuneval::serve {
namespace {

using namespace std::chrono_literals;

/// A connection and its client's end.
class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    int ends[2] = {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw std::runtime_error("no sockets");
    }
    server_ = ends[0];
    client_ = ends[1];
  }
  ~ConnectionTest() override { hang_up(); }

  void hang_up() {
    if (client_ >= 0) ::close(std::exchange(client_, -1));
  }
  /// Sends so many bytes and hangs up, on a thread of its own.
  std::thread sending(size_t size) {
    return std::thread([this, size] {
      const std::string text(size, 'x');
      for (size_t at = 0; at < size;) {
        const ssize_t count = ::send(client_, text.data() + at, size - at, MSG_NOSIGNAL);
        if (count <= 0) break;
        at += size_t(count);
      }
      hang_up();
    });
  }
  /// What can be read of what a client sends.
  static size_t read_all(Connection& connection) {
    size_t total = 0;
    std::string buffer(4096, ' ');
    for (ssize_t count = 1; count > 0; total += size_t(std::max<ssize_t>(0, count))) {
      count = connection.read(buffer.data(), buffer.size());
    }
    return total;
  }
  /// Takes what is written, a little at a time, until `most` bytes or the end.
  std::thread trickling(size_t most) {
    return std::thread([this, most] {
      std::string buffer(4096, ' ');
      for (size_t total = 0; total < most;) {
        const ssize_t count = ::recv(client_, buffer.data(), buffer.size(), 0);
        if (count <= 0) return;
        total += size_t(count);
        std::this_thread::sleep_for(5ms);
      }
      while (::recv(client_, buffer.data(), buffer.size(), 0) > 0) {
      }
    });
  }

  ConnectionLimits limits_;
  std::atomic<bool> stop_ = false;
  int server_ = -1, client_ = -1;
};

TEST_F(ConnectionTest, AHeadHasAnEnd) {
  Connection connection(server_, limits_, stop_);
  std::thread client = sending(2 << 20);
  ASSERT_TRUE(connection.wait_for_request());
  const size_t size = read_all(connection);
  EXPECT_LE(size, 256u << 10);
  EXPECT_GT(size, 128u << 10);
  EXPECT_TRUE(connection.closes());
  ::shutdown(server_, SHUT_RD);
  client.join();
}

TEST_F(ConnectionTest, ABodyMayBeLongerThanAHead) {
  limits_.most_body = 256 << 10;
  Connection connection(server_, limits_, stop_);
  std::thread client = sending(1 << 20);
  ASSERT_TRUE(connection.wait_for_request());
  httplib::Request request;
  connection.set_request(request);
  EXPECT_EQ(read_all(connection), 1u << 20);
  EXPECT_FALSE(connection.closes());
  client.join();
}

TEST_F(ConnectionTest, PartsThatAreAskedForAreNotChosenFrom) {
  Connection connection(server_, limits_, stop_);
  httplib::Request request;
  request.ranges = {{0, 3}};
  connection.set_request(request);
  EXPECT_TRUE(request.ranges.empty());
}

// Of what is written a reader takes the first part in no less than ten seconds.
constexpr size_t kMuch = 64 << 20;
constexpr size_t kTrickled = 8 << 20;

TEST_F(ConnectionTest, AReaderThatTricklesIsGivenUp) {
  limits_.blocked = 200ms;
  std::thread client = trickling(kTrickled);
  {
    Connection connection(server_, limits_, stop_);
    ::send(client_, "x", 1, MSG_NOSIGNAL);
    ASSERT_TRUE(connection.wait_for_request());
    const std::string text(kMuch, 'x');
    EXPECT_EQ(connection.write(text.data(), text.size()), -1);
  }
  client.join();
}

TEST_F(ConnectionTest, AStoppedServerIsNotHeldUpByOne) {
  limits_.blocked = 24h;
  limits_.write = 200ms;
  std::thread client = trickling(kTrickled);
  {
    Connection connection(server_, limits_, stop_);
    ::send(client_, "x", 1, MSG_NOSIGNAL);
    ASSERT_TRUE(connection.wait_for_request());
    stop_ = true;
    const std::string text(kMuch, 'x');
    EXPECT_EQ(connection.write(text.data(), text.size()), -1);
  }
  client.join();
}

TEST_F(ConnectionTest, OneThatReadsGetsAll) {
  limits_.blocked = 1h;
  Connection connection(server_, limits_, stop_);
  std::thread client = trickling(100'000);  // then as fast as it can
  ::send(client_, "x", 1, MSG_NOSIGNAL);
  ASSERT_TRUE(connection.wait_for_request());
  const std::string text(kMuch, 'x');
  EXPECT_EQ(connection.write(text.data(), text.size()), ssize_t(kMuch));
  ::shutdown(server_, SHUT_WR);
  client.join();
}

}  // namespace
}  // namespace tuneval::serve
