// Targets that read a text in memory.
#include "framework/record/envelope.h"
#include "framework/record/json_object.h"
#include "framework/teacher/reply.h"
#include "framework/text/wire_form.h"
#include "tests/fuzz/targets.h"
#include "tuneval/error.h"
#include "tuneval/task/tool_calls.h"

#include <array>

namespace tuneval::fuzz {

namespace {

/// Every way to ask for a key; what one of them gives back is looked into as deep as it goes.
void read_all_of(const Config& config) {
  for (const std::string& key : config.keys()) {
    survive([&] { config.integer(key); });
    survive([&] { config.number(key); });
    survive([&] { config.flag(key); });
    survive([&] { config.text(key); });
    survive([&] { config.integers(key); });
    survive([&] { config.numbers(key); });
    survive([&] { config.texts(key); });
    survive([&] {
      for (const Config& one : config.objects(key)) read_all_of(one);
    });
    survive([&] { read_all_of(config.object(key)); });
    survive([&] { config.fail(key, "is looked at: " + config.json(key)); });
  }
}

}  // namespace

void read_config(std::string_view input) {
  survive([&] {
    const Config config = Config::parse(input, "config.json");
    read_all_of(config);
    if (Config::parse(config.json(), "again").json() != config.json()) {
      broken("a config reads back as it was written");
    }
  });
}

void read_calls(std::string_view input) {
  const auto parts = parts_of(input, 2);
  const std::string_view tools = parts[0], completion = parts[1];
  for (const WireForm form : {WireForm::json, WireForm::tagged_json, WireForm::parameters,
                              WireForm::pythonic, WireForm::fenced}) {
    const std::optional<std::string> calls = read_wire_calls(completion, form, tools);
    if (!calls) continue;
    const auto read = tuneval::read_calls(*calls);
    if (!read) broken("calls that were found are canonical: " + *calls);
    write_wire_calls(form, *read);
  }
}

void read_teacher(std::string_view input) {
  static constexpr std::array<int64_t, 8> kStatuses = {200, 204, 302, 400, 403, 404, 429, 503};
  if (input.empty()) return;
  HttpReply http;
  http.status = kStatuses[static_cast<unsigned char>(input[0]) % kStatuses.size()];
  http.body = input.substr(1);
  const Attempt attempt = read_attempt(http, {});
  if (attempt.reply.answered() && attempt.reply.text.empty() && attempt.reply.calls.empty()) {
    broken("who answered said something");
  }
}

void read_record(std::string_view input) {
  survive([&] {
    const OpenedRecord opened = open_record(input, "records/a.json");
    const std::string text = sealed_text(opened.record, opened.files);
    if (!open_record(text, "again").sealed) broken("a sealed record is sealed");
  });
}

}  // namespace tuneval::fuzz
