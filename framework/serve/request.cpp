#include "framework/serve/request.h"

#include "framework/record/json_scan.h"
#include "framework/serve/fields.h"
#include "framework/serve/request_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuneval::serve {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostStops = 4;
constexpr double kLeastTopP = 1e-6;  // what 0 means: the likeliest token alone

/// What makes a body too dear to be read; empty where nothing does.
std::string excess_of(std::string_view body) {
  JsonScan scan;
  for (const char c : body) {
    scan.take(c);
    if (scan.depth() > size_t(kDeepestBody)) {
      return fmt::format("the body's lists and objects stand more than {} deep inside each other",
                         kDeepestBody);
    }
    if (scan.most_keys() > kMostKeys) {
      return fmt::format("an object of the body has more than {} keys", kMostKeys);
    }
  }
  return {};
}

/// The parser's own words, which name line and column, without the name of its exception.
std::string reason_of(const Json::exception& error) {
  const std::string_view what = error.what();
  const size_t end = what.find("] ");
  return std::string(end == what.npos ? what : what.substr(end + 2));
}

void read_stop(const Fields& fields, ChatRequest& request) {
  const Json* const stop = fields.any("stop");
  if (!stop) return;
  const std::string expected = fmt::format("a string, or a list of at most {}", kMostStops);
  if (stop->is_string()) {
    request.stop.push_back(stop->get<std::string>());
  } else if (stop->is_array() && stop->size() <= kMostStops) {
    for (const Json& one : *stop) {
      if (!one.is_string()) return fields.wrong("stop", expected);
      request.stop.push_back(one.get<std::string>());
    }
  } else {
    return fields.wrong("stop", expected);
  }
  const auto is_empty = [](const std::string& text) { return text.empty(); };
  if (std::ranges::any_of(request.stop, is_empty)) fields.refuse("stop", "has an empty string");
}

void read_limits(const Fields& fields, ChatRequest& request) {
  constexpr int64_t kMost = int64_t(1) << 31;
  const auto older = fields.integer("max_tokens", 1, kMost);
  const auto newer = fields.integer("max_completion_tokens", 1, kMost);
  request.max_tokens = newer ? newer : older;
}

void read_sampling(const Fields& fields, ChatRequest& request) {
  request.sampling.temperature = fields.number("temperature", 0.0, 2.0).value_or(0.0);
  request.sampling.top_p = std::max(kLeastTopP, fields.number("top_p", 0.0, 1.0).value_or(1.0));
  if (const auto seed = fields.integer("seed", INT64_MIN, INT64_MAX)) {
    request.sampling.seed = uint64_t(*seed);
    request.seeded = true;
  }
}

/// What would change an answer and is not there is refused: silence would pass for obedience.
void refuse_unsupported(const Fields& fields) {
  constexpr const char* kUnsupported = "is not supported by this server";
  if (fields.integer("n", 1, 128).value_or(1) != 1) {
    fields.refuse("n", "is not 1: this server gives one choice");
  }
  if (fields.flag("logprobs")) fields.refuse("logprobs", kUnsupported);
  if (fields.integer("top_logprobs", 0, 20).value_or(0) != 0) {
    fields.refuse("top_logprobs", kUnsupported);
  }
  for (const char* const penalty : {"frequency_penalty", "presence_penalty"}) {
    if (fields.number(penalty, -2.0, 2.0).value_or(0.0) != 0.0)
      fields.refuse(penalty, kUnsupported);
  }
  if (const Json* const bias = fields.object("logit_bias"); bias && !bias->empty()) {
    fields.refuse("logit_bias", kUnsupported);
  }
  for (const char* const old : {"functions", "function_call"}) {
    if (fields.has(old)) fields.refuse(old, "is not supported: use \"tools\" and \"tool_choice\"");
  }
}

void read_schema(const Fields& fields, ChatRequest& request) {
  const Json* const format = fields.object("response_format");
  if (!format) return;
  const Fields inside(*format, "response_format", fields.problem());
  const std::string type = inside.text("type").value_or("");
  if (type == "text") return;
  if (type == "json_object") {
    request.schema = R"({"type": "object"})";
  } else if (type == "json_schema") {
    const Json* const named = inside.object("json_schema");
    if (!named) return inside.wrong("json_schema", "an object");
    const Fields schema(*named, "response_format.json_schema", fields.problem());
    const Json* const given = schema.object("schema");
    if (!given) return schema.wrong("schema", "a JSON Schema");
    request.schema = given->dump();
  } else {
    return inside.wrong("type", "one of text, json_object, json_schema");
  }
  if (!request.example.tools.empty()) {
    fields.refuse("response_format", "and \"tools\" do not go together: either holds the answer");
  }
}

void read_stream(const Fields& fields, ChatRequest& request) {
  request.stream = fields.flag("stream");
  if (const Json* const options = fields.object("stream_options")) {
    request.include_usage =
        Fields(*options, "stream_options", fields.problem()).flag("include_usage");
  }
}

}  // namespace

std::variant<ChatRequest, ApiError> read_chat_request(std::string_view body) {
  if (std::string excess = excess_of(body); !excess.empty()) {
    return ApiError{.message = std::move(excess)};
  }
  Json json;
  try {
    json = Json::parse(body);
  } catch (const Json::exception& error) {
    return ApiError{.message = fmt::format("the body is not JSON: {}", reason_of(error))};
  }
  if (!json.is_object()) return ApiError{.message = "the body is no JSON object"};
  Problem problem;
  const Fields fields(json, "", problem);
  ChatRequest request;
  request.model = fields.text("model").value_or("");
  request.example.where = "messages";
  read_messages(fields, request);
  read_tools(fields, request);
  read_limits(fields, request);
  read_stop(fields, request);
  read_sampling(fields, request);
  read_stream(fields, request);
  read_schema(fields, request);
  if (const Json* const variables = fields.object("chat_template_kwargs")) {
    request.template_variables = *variables;
  }
  refuse_unsupported(fields);
  if (auto error = problem.take()) return *std::move(error);
  return request;
}

}  // namespace tuneval::serve
