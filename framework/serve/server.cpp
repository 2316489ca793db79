#include "framework/serve/server.h"

#include "framework/serve/routes.h"
#include "framework/serve/workers.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

namespace tuneval::serve {

namespace {

using namespace std::chrono_literals;

constexpr auto kGlance = 200ms;  // how often it is looked whether a client, or the server, is to go
constexpr int kBacklog = 256;    // connections that wait to be accepted
constexpr int kSendBuffer = 64 << 10;   // bytes of an answer that a slow reader holds in the system
constexpr size_t kMostWaiting = 1024;   // connections that wait for a thread
constexpr size_t kMostRequests = 1000;  // on one connection

// The connection that this thread serves.
thread_local Connection* connection = nullptr;

/// Another server on the same port is an error, where httplib's own options would share it.
void set_socket_options(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
}

}  // namespace

/// httplib's requests and responses on connections of our own.
class Server::Http : public httplib::Server {
 public:
  Http(ChatService& service, ServerOptions options)
      : service_(service), options_(std::move(options)) {
    set_socket_options(serve::set_socket_options);
    set_payload_max_length(options_.most_body);
    options_.connection.most_body = options_.most_body;
    set_keep_alive_max_count(kMostRequests);  // what responses say
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) respond(response, http_error(response.status));
    });
    set_exception_handler([](const httplib::Request&, httplib::Response& response, auto) {
      respond(response, http_error(500));
    });
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      const auto refusal = refusal_of(request, options_);
      if (!refusal) return HandlerResponse::Unhandled;
      respond(response, *refusal);
      if (refusal->status == 405) {
        response.set_header("Allow", std::string(methods_of(request.path)));
      }
      connection->close_after(request);
      return HandlerResponse::Handled;
    });
    add_routes();
  }

  int bind() {
    const std::string& host = options_.host;
    int port = options_.port;
    if (port == 0) {
      port = bind_to_any_port(host);
    } else if (!bind_to_port(host, port)) {
      port = -1;
    }
    if (port < 0) {
      throw ManifestError(
          fmt::format("serve: {} port {} cannot be had: another program may have "
                      "it, or no such address is this machine's",
                      host, options_.port));
    }
    ::listen(svr_sock_, kBacklog);  // httplib asks for a handful
    return port;
  }

  bool serve() {
    Workers threads(options_.most_connections);
    while (!stop_) {
      const int client = accept_one();
      if (client >= 0) threads.add([this, client] { talk(client); });
    }
    ::close(svr_sock_);
    const bool done = service_.engine().close(options_.grace);
    threads.finish();  // their requests have ended; what is said of them is written to the end
    svr_sock_ = INVALID_SOCKET;
    return done;
  }

  void stop() { stop_ = true; }

 private:
  /// A client's socket; −1 where none has come yet, or more wait than there is any use in.
  int accept_one() {
    pollfd watched{svr_sock_, POLLIN, 0};
    if (::poll(&watched, 1, int(kGlance.count())) <= 0) return -1;
    const int client = ::accept4(svr_sock_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      std::this_thread::sleep_for(10ms);  // no file left, say
      return -1;
    }
    if (open_ >= options_.most_connections + kMostWaiting) {
      ::close(client);
      return -1;
    }
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ++open_;
    return client;
  }

  void talk(int socket) {
    Connection client(socket, options_.connection, stop_);
    connection = &client;
    try {
      for (size_t count = 1; client.wait_for_request(); ++count) {
        const bool last = count == kMostRequests;
        bool closed = false;
        const bool read =
            process_request(client, last, closed,
                            [&client](httplib::Request& request) { client.set_request(request); });
        if (!read || closed || last || client.closes()) break;
      }
    } catch (const std::exception&) {  // while writing an answer: its client sees it cut off
    }
    connection = nullptr;
    --open_;
  }

  void add_routes() {
    Get("/health", [this](const httplib::Request&, httplib::Response& response) {
      const Engine::Load load = service_.engine().load();
      respond(response, nlohmann::ordered_json{{"status", stop_ ? "closing" : "ok"},
                                               {"model", service_.id()},
                                               {"active", load.active},
                                               {"waiting", load.waiting}});
    });
    Get("/v1/models", [this](const httplib::Request&, httplib::Response& response) {
      respond(response, models_json(service_.id(), service_.created()));
    });
    Get("/v1/models/(.+)", [this](const httplib::Request& request, httplib::Response& response) {
      if (request.matches[1] == service_.id()) {
        return respond(response, model_json(service_.id(), service_.created()));
      }
      respond(response, ApiError{.status = 404,
                                 .message = fmt::format("the model is not served here: \"{}\" is",
                                                        service_.id()),
                                 .param = "model",
                                 .code = "model_not_found"});
    });
    Post("/v1/chat/completions",
         [this](const httplib::Request& request, httplib::Response& response,
                const httplib::ContentReader& reader) {
           if (const auto body = read_body(request, response, reader)) chat(*body, response);
         });
  }

  /// The body, or nothing, and a response that says why.
  std::optional<std::string> read_body(const httplib::Request& request, httplib::Response& response,
                                       const httplib::ContentReader& reader) {
    std::string body;
    bool fits = true;
    const bool whole = reader([&](const char* data, size_t size) {
      fits = body.size() + size <= options_.most_body;  // a length may be missing, or false
      if (fits) body.append(data, size);
      return fits;
    });
    if (whole) return body;
    connection->close_after(request);
    respond(response, ApiError{.status = fits ? 400 : 413,
                               .message = fits ? "the body is not whole"
                                               : fmt::format("the body is larger than {} bytes",
                                                             options_.most_body),
                               .code = fits ? "" : "request_too_large"});
    return std::nullopt;
  }

  void chat(const std::string& body, httplib::Response& response) {
    auto read = read_chat_request(body);
    if (const auto* const error = std::get_if<ApiError>(&read)) return respond(response, *error);
    auto begun = service_.begin(std::get<ChatRequest>(std::move(read)));
    if (const auto* const error = std::get_if<ApiError>(&begun)) return respond(response, *error);
    Chat& chat = std::get<Chat>(begun);
    if (chat.request.stream) {
      respond_in_events(std::move(chat), response);
    } else {
      respond_at_once(chat, response);
    }
  }

  void respond_at_once(const Chat& chat, httplib::Response& response) {
    Answer& answer = chat.ticket->answer();
    while (!answer.wait(kGlance).ended) {
      if (connection->has_left()) return;  // and with the ticket goes the work
    }
    const AnswerEnd& end = answer.ending();
    if (end.error) return respond(response, *end.error);
    const Reply reply = service_.reply(chat.request, end.completion);
    respond(response, completion_json(chat.head, reply, usage_of(chat)));
  }

  void respond_in_events(Chat chat, httplib::Response& response) {
    const auto events = std::make_shared<EventStream>(service_, std::move(chat));
    response.set_header("Cache-Control", "no-cache");
    response.set_chunked_content_provider(
        "text/event-stream", [events](size_t, httplib::DataSink& sink) {
          const std::string text = events->next(kGlance);
          if (text.empty() ? connection->has_left() : !sink.write(text.data(), text.size())) {
            return false;  // the client has left, or reads nothing
          }
          if (events->done()) sink.done();
          return true;
        });
  }

  ChatService& service_;
  ServerOptions options_;
  std::atomic<bool> stop_ = false;
  std::atomic<size_t> open_ = 0;  // connections
};

Server::Server(ChatService& service, ServerOptions options)
    : http_(std::make_unique<Http>(service, std::move(options))) {}
Server::~Server() = default;
int Server::bind() { return http_->bind(); }
bool Server::serve() { return http_->serve(); }
void Server::stop() { http_->stop(); }

}  // namespace tuneval::serve
