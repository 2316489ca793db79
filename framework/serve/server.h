#pragma once

#include "framework/serve/chat_service.h"
#include "framework/serve/connection.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tuneval::serve {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;                             ///< 0: any that is free
  std::string api_key;                      ///< empty: none is asked for
  size_t most_body = size_t(8) << 20;       ///< bytes of a request's body
  size_t most_connections = 192;            ///< served at once, each by a thread
  std::chrono::milliseconds grace{30'000};  ///< for what is under way when it is to stop
  ConnectionLimits connection = {};
};

/// The HTTP server of one chat service; docs/serve.md says what it answers.
class Server {
 public:
  /// The service must live as long.
  Server(ChatService& service, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the address; the port that it is. Throws ManifestError where it cannot be had.
  int bind();
  /// Serves until `stop`; then nothing new begins, and what is under way has the options' grace to
  /// end. Returns whether all of it did. The service serves nobody after that.
  bool serve();
  /// From any thread, at any time.
  void stop();

 private:
  class Http;
  std::unique_ptr<Http> http_;
};

/// Whether two texts are equal; how long that takes tells nothing but their lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace tuneval::serve
