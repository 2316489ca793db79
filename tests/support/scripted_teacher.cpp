#include "tests/support/scripted_teacher.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace tuneval::test {
namespace {

using Json = nlohmann::ordered_json;

Json completion(Json message, const char* finish_reason) {
  message["role"] = "assistant";
  const Json choice = {{"index", 0}, {"message", message}, {"finish_reason", finish_reason}};
  return {{"id", "chatcmpl-1"},
          {"object", "chat.completion"},
          {"model", "scripted"},
          {"choices", Json::array({choice})},
          {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 5}, {"total_tokens", 15}}}};
}

TeacherStep paid(const Json& body) {
  TeacherStep step;
  step.body = body.dump();
  step.paid = true;
  return step;
}

}  // namespace

TeacherStep says(const std::string& text, int64_t prompt_tokens, int64_t answer_tokens) {
  Json body = completion({{"content", text}}, "stop");
  body["usage"] = {{"prompt_tokens", prompt_tokens},
                   {"completion_tokens", answer_tokens},
                   {"total_tokens", prompt_tokens + answer_tokens}};
  return paid(body);
}

TeacherStep calls(const Json& items) {
  Json written = Json::array();
  for (const Json& call : items) {
    const Json& arguments = call["arguments"];
    const std::string text =
        arguments.is_string() ? arguments.get<std::string>() : arguments.dump();
    const Json function = {{"name", call["name"]}, {"arguments", text}};
    written.push_back({{"id", fmt::format("call_{}", written.size())},
                       {"type", "function"},
                       {"function", function}});
  }
  return paid(completion({{"content", nullptr}, {"tool_calls", written}}, "tool_calls"));
}

TeacherStep says_nothing() { return paid(completion({{"content", ""}}, "stop")); }

TeacherStep no_choice() {
  Json body = completion({{"content", ""}}, "stop");
  body["choices"] = Json::array();
  return paid(body);
}

TeacherStep cut_off(const std::string& text) {
  return paid(completion({{"content", text}}, "length"));
}

TeacherStep filtered() { return paid(completion({{"content", nullptr}}, "content_filter")); }

TeacherStep without_usage(TeacherStep step) {
  Json body = Json::parse(step.body);
  body.erase("usage");
  step.body = body.dump();
  return step;
}

TeacherStep fails(int status, const std::string& message) {
  TeacherStep step;
  step.status = status;
  step.body = Json{{"error", {{"message", message}, {"type", "scripted"}}}}.dump();
  return step;
}

TeacherStep asks_to_wait(int status, const std::string& retry_after) {
  TeacherStep step = fails(status, "not now");
  step.headers.emplace_back("Retry-After", retry_after);
  return step;
}

TeacherStep truncated() {
  TeacherStep step = says("half of this never comes");
  step.body.resize(step.body.size() / 2);
  step.paid = false;
  return step;
}

TeacherStep garbage() {
  TeacherStep step;
  step.body = "<html>\n<body>Bad gateway</body></html>";
  return step;
}

TeacherStep breaks_off() {
  TeacherStep step = says("half of this never comes");
  step.breaks_off = true;
  step.paid = false;
  return step;
}

TeacherStep hangs() {
  TeacherStep step;
  step.hangs = true;
  return step;
}

TeacherStep slow(TeacherStep step, double seconds) {
  step.delay = seconds;
  return step;
}

std::string last_content(const nlohmann::json& request) {
  const nlohmann::json& message = request.at("messages").back();
  return message.at("content").is_string() ? message["content"].get<std::string>() : std::string();
}

struct ScriptedTeacher::State {
  TeacherStep begin(const Seen& request);
  void end(const Seen& request, const TeacherStep& step);
  void wait(const TeacherStep& step);
  void answer(const httplib::Request& request, httplib::Response& response);

  Script script;
  Log log;
  httplib::Server server;
  int port = 0;
  std::thread thread;

  mutable std::mutex mutex;
  std::condition_variable ended;
  bool ending = false;
  std::deque<TeacherStep> steps;
  std::vector<Seen> seen;
  std::map<std::string, int64_t> came, paid;  // by body
  int64_t at_once = 0, most_at_once = 0;
};

TeacherStep ScriptedTeacher::State::begin(const Seen& request) {
  int64_t earlier = 0;
  {
    const std::lock_guard lock(mutex);
    seen.push_back(request);
    earlier = came[request.body]++;
    most_at_once = std::max(most_at_once, ++at_once);
    if (!steps.empty()) {
      TeacherStep step = std::move(steps.front());
      steps.pop_front();
      return step;
    }
  }
  if (script) return script(request.json, earlier);
  return says("echo: " + last_content(request.json));
}

void ScriptedTeacher::State::end(const Seen& request, const TeacherStep& step) {
  const std::lock_guard lock(mutex);
  --at_once;
  if (step.paid) ++paid[request.body];
  if (log) log(request, step);
}

void ScriptedTeacher::State::wait(const TeacherStep& step) {
  std::unique_lock lock(mutex);
  if (step.hangs) ended.wait(lock, [&] { return ending; });
  if (step.delay > 0.0) {
    ended.wait_for(lock, std::chrono::duration<double>(step.delay), [&] { return ending; });
  }
}

void ScriptedTeacher::State::answer(const httplib::Request& request, httplib::Response& response) {
  const Seen seen_now{request.body, nlohmann::json::parse(request.body, nullptr, false),
                      request.get_header_value("Authorization"), request.path};
  const TeacherStep step = begin(seen_now);
  wait(step);
  end(seen_now, step);
  response.status = step.status;
  for (const auto& [name, value] : step.headers) response.set_header(name, value);
  if (!step.breaks_off) return response.set_content(step.body, "application/json");
  response.set_content_provider(step.body.size(), "application/json",
                                [body = step.body](size_t offset, size_t, httplib::DataSink& sink) {
                                  if (offset == 0) sink.write(body.data(), body.size() / 2);
                                  return false;  // closes the connection
                                });
}

ScriptedTeacher::ScriptedTeacher(Script script, Log log) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.script = std::move(script);
  state.log = std::move(log);
  // A connection that is kept open has a thread to itself.
  state.server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  state.server.set_keep_alive_timeout(1);
  state.server.Post("/v1/chat/completions",
                    [&state](const httplib::Request& request, httplib::Response& response) {
                      state.answer(request, response);
                    });
  state.port = state.server.bind_to_any_port("127.0.0.1");
  if (state.port <= 0) throw std::runtime_error("no free port");
  state.thread = std::thread([&state] { state.server.listen_after_bind(); });
  // stop() does nothing before the server runs.
  while (!state.server.is_running()) std::this_thread::yield();
}

ScriptedTeacher::~ScriptedTeacher() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->ended.notify_all();
  state_->server.stop();
  state_->thread.join();
}

std::string ScriptedTeacher::base_url() const {
  return fmt::format("http://127.0.0.1:{}/v1", state_->port);
}

void ScriptedTeacher::push(std::vector<TeacherStep> steps) {
  const std::lock_guard lock(state_->mutex);
  std::ranges::move(steps, std::back_inserter(state_->steps));
}

std::vector<ScriptedTeacher::Seen> ScriptedTeacher::seen() const {
  const std::lock_guard lock(state_->mutex);
  return state_->seen;
}

int64_t ScriptedTeacher::paid() const {
  const std::lock_guard lock(state_->mutex);
  int64_t sum = 0;
  for (const auto& [body, count] : state_->paid) sum += count;
  return sum;
}

int64_t ScriptedTeacher::most_paid_for_one() const {
  const std::lock_guard lock(state_->mutex);
  int64_t most = 0;
  for (const auto& [body, count] : state_->paid) most = std::max(most, count);
  return most;
}

int64_t ScriptedTeacher::most_at_once() const {
  const std::lock_guard lock(state_->mutex);
  return state_->most_at_once;
}

int closed_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(fd, any, size) == 0 && ::getsockname(fd, any, &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

uint64_t hash_of(const std::string& text, uint64_t seed) {
  uint64_t hash = 0xcbf29ce484222325u ^ (seed * 0x9e3779b97f4a7c15u);  // FNV-1a
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3u;
  return hash ^ (hash >> 29);
}

}  // namespace tuneval::test
