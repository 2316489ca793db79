#include "framework/cli/commands.h"
#include "framework/model/adapter.h"
#include "framework/serve/server.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace tuneval::cli {

namespace {

struct ServeArguments {
  std::string folder, adapter, name, key_variable, device = "cpu", dtype = "auto";
  serve::EngineOptions engine;
  serve::ServerOptions server;
  int64_t body_mib = 8, grace = 30;
};

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// Waits for SIGINT and SIGTERM on a thread of its own. Made before any other thread: they then
/// leave the signals to this one.
class StopSignals {
 public:
  StopSignals() {
    const sigset_t signals = stop_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    thread_ = std::thread([this] { wait(); });
  }
  ~StopSignals() {
    done_ = true;
    thread_.join();
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// What the first signal does from now on; until then, and from the second one on, a signal ends
  /// the program at once.
  void stop(serve::Server* server) { server_ = server; }

 private:
  void wait() {
    const sigset_t signals = stop_signals();
    const timespec glance{0, 100'000'000};
    while (!done_) {
      const int signal = sigtimedwait(&signals, nullptr, &glance);
      if (signal < 0) continue;
      serve::Server* const server = server_.exchange(nullptr);
      if (!server) std::_Exit(128 + signal);
      fmt::print(stderr, "tuneval: stopping: what is under way may end\n");
      server->stop();
    }
  }

  std::atomic<bool> done_ = false;
  std::atomic<serve::Server*> server_ = nullptr;
  std::thread thread_;
};

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "localhost" || host == "::1";
}

std::string key_of(const std::string& variable) {
  const char* const found = std::getenv(variable.c_str());
  const std::string key = found ? found : "";
  // A header cannot hold spaces at its ends and control characters; of a "%" and what follows the
  // HTTP library makes another character.
  const auto is_lost = [](unsigned char c) { return c <= ' ' || c > '~' || c == '%'; };
  if (std::ranges::any_of(key, is_lost)) {
    throw ManifestError(
        fmt::format("serve: --api-key-env {}: the key holds a space, a \"%\" or what is no ASCII: "
                    "expected visible ASCII characters other than \"%\"",
                    variable));
  }
  if (!key.empty()) return key;
  throw ManifestError(
      fmt::format("serve: --api-key-env {}: no such variable, or an empty one: "
                  "expected the key that clients have to send",
                  variable));
}

/// What clients call the model: its folder's name, unless told otherwise.
std::string name_of(const ServeArguments& arguments) {
  if (!arguments.name.empty()) return arguments.name;
  const auto path = std::filesystem::weakly_canonical(arguments.folder);
  return path.filename().empty() ? "model" : path.filename().string();
}

void warn_if_remote(const ServeArguments& arguments) {
  if (is_loopback(arguments.server.host)) return;
  fmt::print(stderr, "tuneval: warning: {} is reached from other machines, without encryption{}\n",
             arguments.server.host,
             arguments.server.api_key.empty() ? ", by anybody: --api-key-env asks for a key" : "");
}

void serve_model(ServeArguments arguments, const Common& common) {
  StopSignals signals;
  if (!arguments.key_variable.empty()) arguments.server.api_key = key_of(arguments.key_variable);
  arguments.server.most_body = size_t(arguments.body_mib) << 20;
  arguments.server.grace = std::chrono::seconds(arguments.grace);
  // A thread for each answer under way or waiting, and some to refuse others and to be asked.
  arguments.server.most_connections =
      size_t(arguments.engine.max_batch + arguments.engine.max_queue + 32);
  const Registry registry = load_registry(common);
  LoadedModel model =
      load_model(registry, arguments.folder, {arguments.device, arguments.dtype, {}});
  if (!arguments.adapter.empty()) load_adapter(model, arguments.adapter);
  serve::ChatService service(model, name_of(arguments), arguments.engine);
  serve::Server server(service, arguments.server);
  const int port = server.bind();
  warn_if_remote(arguments);
  signals.stop(&server);
  const std::string& host = arguments.server.host;
  const bool v6 = host.find(':') != std::string::npos;
  fmt::print("listening on http://{}:{}/v1\n", v6 ? fmt::format("[{}]", host) : host, port);
  std::fflush(stdout);
  if (!server.serve()) {
    fmt::print(stderr, "tuneval: stopped: answers that took longer were broken off\n");
  }
  signals.stop(nullptr);
}

}  // namespace

void add_serve(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "serve", "Let programs ask a model over HTTP, as they would ask OpenAI's API");
  auto arguments = std::make_shared<ServeArguments>();
  command->add_option("folder", arguments->folder, "The model")->required()->type_name("DIR");
  command->add_option("--adapter", arguments->adapter, "An adapter in PEFT's format")
      ->type_name("DIR");
  command->add_option("--name", arguments->name, "What clients call the model: its folder's name");
  command->add_option("--host", arguments->server.host, "The address to listen on")
      ->capture_default_str();
  command->add_option("--port", arguments->server.port, "The port; 0 is any that is free")
      ->check(CLI::Range(0, 65535));
  command
      ->add_option("--api-key-env", arguments->key_variable,
                   "The environment variable with the key that clients must send")
      ->type_name("VAR");
  command->add_option("--max-batch", arguments->engine.max_batch, "Answers decoded at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--max-queue", arguments->engine.max_queue, "Requests that wait")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command
      ->add_option("--cache-tokens", arguments->engine.cache_tokens,
                   "Tokens of prompts and answers that are kept")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  command->add_option("--max-body", arguments->body_mib, "MiB of a request")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      ->add_option("--grace", arguments->grace,
                   "Seconds for what is under way when the server is stopped")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  command->add_option("--device", arguments->device, "cpu, cuda or cuda:N")->capture_default_str();
  command->add_option("--dtype", arguments->dtype, "auto, float32, bfloat16 or float16")
      ->capture_default_str();
  command->callback([arguments, &common] { serve_model(*arguments, common); });
}

}  // namespace tuneval::cli
