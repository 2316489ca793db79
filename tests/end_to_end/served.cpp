#include "tests/end_to_end/served.h"

#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <signal.h>
#include <boost/process.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace tuneval::testing {

namespace bp = boost::process;
namespace fs = std::filesystem;

struct Served::Process {
  bp::ipstream out;
  fs::path error_file;
  bp::child child;
};

Served::Served(const std::vector<std::string>& arguments,
               const std::vector<std::pair<std::string, std::string>>& environment)
    : process_(std::make_unique<Process>()) {
  std::vector<std::string> all = {"serve", std::string(TUNEVAL_SOURCE_DIR) + "/models/tiny-qwen3",
                                  "--port", "0"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::string pattern = (fs::temp_directory_path() / "tuneval-served-XXXXXX").string();
  const int file = ::mkstemp(pattern.data());
  if (file < 0) throw std::runtime_error("no temporary file");
  ::close(file);
  process_->error_file = pattern;
  bp::environment variables = boost::this_process::environment();
  for (const auto& [name, value] : environment) variables[name] = value;
  process_->child = bp::child(TUNEVAL_PROGRAM, bp::args(all), bp::std_in.close(),
                              bp::std_out > process_->out, bp::std_err > pattern, variables);
  std::string line;
  std::getline(process_->out, line);
  const size_t slash = line.rfind("/v1"), colon = line.rfind(':');
  if (!line.starts_with("listening on http://") || slash == line.npos || colon == line.npos) {
    process_->child.wait();
    throw std::runtime_error("no server: " + errors());
  }
  port_ = std::stoi(line.substr(colon + 1, slash - colon - 1));
}

Served::~Served() {
  if (process_->child.running()) {
    stop();
    wait();
  }
  std::error_code ignored;
  fs::remove(process_->error_file, ignored);
}

void Served::stop() { ::kill(process_->child.id(), SIGTERM); }

int Served::wait() {
  process_->child.wait();
  return process_->child.exit_code();
}

std::string Served::errors() { return read_file(process_->error_file); }

httplib::Result Served::get(const std::string& path) const {
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(300);
  return client.Get(path);
}

httplib::Result Served::ask(const std::string& body, const httplib::Headers& headers) const {
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(300);
  return client.Post("/v1/chat/completions", headers, body, "application/json");
}

RawClient::RawClient(int port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_buffer > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("no connection");
  }
}

RawClient::~RawClient() { ::close(socket_); }

void RawClient::send(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t count = ::send(socket_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (count <= 0) return;
    at += size_t(count);
  }
}

void RawClient::send_request(const std::string& body) {
  send(
      fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                  body.size(), body));
}

std::string RawClient::receive() {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  return count > 0 ? std::string(buffer.data(), size_t(count)) : std::string();
}

std::string RawClient::receive_until(const std::string& end) {
  std::string text;
  while (text.find(end) == text.npos) {
    const std::string more = receive();
    if (more.empty()) break;
    text += more;
  }
  return text;
}

}  // namespace tuneval::testing
