#pragma once

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tuneval::testing {

/// `tuneval serve` on models/tiny-qwen3, at a port of its own; stopped when this goes.
class Served {
 public:
  /// `environment`: further variables of it.
  explicit Served(const std::vector<std::string>& arguments = {},
                  const std::vector<std::pair<std::string, std::string>>& environment = {});
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  int port() const { return port_; }
  /// Sends SIGTERM.
  void stop();
  /// Its exit code, once it has ended.
  int wait();
  /// What it has written to stderr, once it has ended.
  std::string errors();

  httplib::Result get(const std::string& path) const;
  httplib::Result ask(const std::string& body, const httplib::Headers& headers = {}) const;
  httplib::Result ask(const nlohmann::ordered_json& body) const { return ask(body.dump()); }

 private:
  struct Process;
  std::unique_ptr<Process> process_;
  int port_ = 0;
};

/// A connection that does as little as it is told to.
class RawClient {
 public:
  /// `receive_buffer`: bytes that the system takes in for it; 0: as many as it likes.
  explicit RawClient(int port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(const std::string& text);
  void send_request(const std::string& body);
  /// What has come so far, at least one byte; empty where the server has closed.
  std::string receive();
  /// All that comes until `end`, or until the server closes.
  std::string receive_until(const std::string& end);

 private:
  int socket_;
};

}  // namespace tuneval::testing
