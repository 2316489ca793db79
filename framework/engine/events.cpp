#include "framework/engine/events.h"

#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;
using Kind = Event::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 9> kNames = {{{Kind::skipped, "skipped"},
                                                                      {Kind::loading, "loading"},
                                                                      {Kind::began, "began"},
                                                                      {Kind::progress, "progress"},
                                                                      {Kind::pulse, "pulse"},
                                                                      {Kind::ended, "ended"},
                                                                      {Kind::stopped, "stopped"},
                                                                      {Kind::held, "held"},
                                                                      {Kind::servers, "servers"}}};

// A longer line is none of ours.
constexpr size_t kLongestLine = 65536;

Json to_json(const ServerUse& use) {
  const TeacherUsage& usage = use.usage;
  return {{"who", use.who},
          {"asked", usage.asked},
          {"cached", usage.cached},
          {"failed", usage.failed},
          {"retried", usage.retried},
          {"prompt_tokens", usage.prompt_tokens},
          {"answer_tokens", usage.answer_tokens},
          {"cost", usage.cost}};
}

ServerUse use_from_json(JsonObject& object) {
  ServerUse use;
  use.who = object.text("who");
  use.usage.asked = object.integer("asked");
  use.usage.cached = object.integer("cached");
  use.usage.failed = object.integer("failed");
  use.usage.retried = object.integer("retried");
  use.usage.prompt_tokens = object.integer("prompt_tokens");
  use.usage.answer_tokens = object.integer("answer_tokens");
  use.usage.cost = object.number("cost");
  return use;
}

void read_progress(JsonObject& object, CellProgress& at) {
  at.stage = object.text("stage");
  at.done = object.integer("done");
  at.total = object.integer("total");
  at.tokens = object.integer("tokens");
  at.loss = object.number("loss");
}

Event event_from_json(JsonObject& object) {
  Event event;
  const std::string name = object.text("event");
  const auto found =
      std::ranges::find(kNames, std::string_view(name), &std::pair<Kind, std::string_view>::second);
  if (found == kNames.end()) object.fail("event", "is unknown");
  event.kind = found->first;
  if (object.has("id")) event.id = object.text("id");
  if (object.has("model")) event.model = object.text("model");
  if (object.has("why")) event.why = object.text("why");
  if (event.kind == Kind::progress) read_progress(object, event.at);
  if (event.kind == Kind::servers) {
    for (JsonObject& use : object.objects("servers")) event.servers.push_back(use_from_json(use));
  }
  return event;
}

}  // namespace

std::string to_line(const Event& event) {
  const auto name =
      std::ranges::find(kNames, event.kind, &std::pair<Kind, std::string_view>::first);
  Json json = {{"event", name->second}};
  if (!event.id.empty()) json["id"] = event.id;
  if (!event.model.empty()) json["model"] = event.model;
  if (!event.why.empty()) json["why"] = event.why;
  if (event.kind == Kind::progress) {
    json["stage"] = event.at.stage;
    json["done"] = event.at.done;
    json["total"] = event.at.total;
    json["tokens"] = event.at.tokens;
    json["loss"] = json_number(event.at.loss);
  }
  if (event.kind == Kind::servers) {
    Json& servers = json["servers"] = Json::array();
    for (const ServerUse& use : event.servers) servers.push_back(to_json(use));
  }
  return json_text(json, -1) + "\n";
}

std::optional<Event> parse_event(std::string_view line) {
  try {
    const Json json = parse_json_object(line, "event");
    JsonObject object(json, "event");
    return event_from_json(object);
  } catch (const RecordError&) {
    return std::nullopt;
  }
}

std::vector<Event> EventReader::take(std::string_view bytes) {
  rest_ += bytes;
  std::vector<Event> events;
  size_t begin = 0;
  for (size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string_view line = std::string_view(rest_).substr(begin, end - begin);
    if (auto event = parse_event(line)) events.push_back(std::move(*event));
  }
  rest_.erase(0, begin);
  if (rest_.size() > kLongestLine) rest_.clear();
  return events;
}

EventWriter::EventWriter(int fd) : fd_(fd) {
  // What a plugin starts must not hold the pipe open.
  if (fd_ >= 0) ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
}

EventWriter::~EventWriter() {
  if (fd_ >= 0) ::close(fd_);
}

void EventWriter::write(const Event& event) const {
  if (fd_ < 0) return;
  const std::string line = to_line(event);
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t written = ::write(fd_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    left.remove_prefix(size_t(written));
  }
}

}  // namespace tuneval
