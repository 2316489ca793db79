#include "framework/teacher/completion.h"

#include "tuneval/error.h"
#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// The value under a key of an object; null where there is none.
const Json& field(const Json& object, const char* key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

int64_t count_of(const Json& value) {
  if (!value.is_number_integer() || value < 0) return 0;
  constexpr auto kMost = uint64_t{std::numeric_limits<int64_t>::max()};
  return value.is_number_unsigned() && value.get<uint64_t>() > kMost ? 0 : value.get<int64_t>();
}

/// A message's content: text, or parts of which those of text count.
std::string content_of(const Json& content) {
  if (!content.is_array()) return text_of(content);
  std::string text;
  for (const Json& part : content) text += text_of(field(part, "text"));
  return text;
}

/// The arguments as the text of a JSON object; null where they are none.
std::optional<std::string> arguments_of(const Json& arguments) {
  if (arguments.is_null()) return "{}";
  if (arguments.is_object()) return arguments.dump();
  const std::string text = text_of(arguments);
  if (arguments.is_string() && text.find_first_not_of(" \t\r\n") == text.npos) return "{}";
  const Json read = Json::parse(compact_json(text).value_or("null"), nullptr, false);
  return read.is_object() ? std::optional(text) : std::nullopt;
}

std::optional<std::string> canonical_calls(const Json& items) {
  std::vector<ToolCall> calls;
  for (const Json& item : items) {
    const Json& function = field(item, "function");
    const Json& name = field(function, "name");
    auto arguments = arguments_of(field(function, "arguments"));
    if (!name.is_string() || !arguments) return std::nullopt;
    calls.push_back({text_of(name), std::move(*arguments)});
  }
  return write_calls(calls);
}

/// Calls that are not well formed, as the model wrote them.
std::string calls_as_text(const Json& items) {
  Json shown = Json::array();
  for (const Json& item : items) shown.push_back(field(item, "function"));
  return shown.dump();
}

void read_usage(const Json& usage, TeacherReply& reply) {
  reply.prompt_tokens = count_of(field(usage, "prompt_tokens"));
  reply.answer_tokens = count_of(field(usage, "completion_tokens"));
}

void read_calls_of(const Json& items, TeacherReply& reply) {
  if (!items.is_array() || items.empty()) return;
  if (auto calls = canonical_calls(items)) {
    reply.calls = std::move(*calls);
    return;
  }
  reply.message = "the arguments of a call are no JSON object";
  if (!reply.text.empty()) reply.text += '\n';
  reply.text += calls_as_text(items);
}

/// Bytes of a server's own words that are shown.
constexpr size_t kLongestWords = 297;

std::string on_one_line(std::string text, size_t longest) {
  for (char& c : text) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = ' ';
  }
  if (text.size() <= longest) return text;
  // Not within a character.
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0) == 0x80) --longest;
  return text.substr(0, longest) + "...";
}

void read_choice(const Json& choice, TeacherReply& reply) {
  const Json& message = field(choice, "message");
  const std::string end = text_of(field(choice, "finish_reason"));
  const std::string refusal = text_of(field(message, "refusal"));
  if (end == "error") {
    const std::string words = text_of(field(field(choice, "error"), "message"));
    reply.outcome = TeacherOutcome::malformed;
    reply.message = "the server ended the answer with an error" +
                    (words.empty() ? "" : ": " + on_one_line(words, kLongestWords));
    return;
  }
  reply.text = content_of(field(message, "content"));
  read_calls_of(field(message, "tool_calls"), reply);
  const bool says_nothing = reply.text.empty() && reply.calls.empty();
  if (end == "content_filter" || (says_nothing && !refusal.empty())) {
    reply.outcome = TeacherOutcome::filtered;
    reply.message = refusal.empty() ? "the server's content filter ended the answer" : refusal;
  } else if (end == "length") {
    reply.outcome = TeacherOutcome::cut_off;
    reply.message = "the answer ended at the token limit";
  } else if (says_nothing) {
    reply.outcome = TeacherOutcome::empty;
    reply.message = "the answer has no text and no calls";
  } else {
    reply.outcome = TeacherOutcome::answered;
  }
}

TeacherReply malformed(const std::string& fault, const std::string& body) {
  TeacherReply reply;
  reply.outcome = TeacherOutcome::malformed;
  const std::string words = server_words(body);
  reply.message = fault + (words.empty() ? "" : ": " + words);
  return reply;
}

}  // namespace

std::string server_words(const std::string& body) {
  const Json json = Json::parse(compact_json(body).value_or("null"), nullptr, false);
  const Json& error = field(json, "error");
  for (const Json* words :
       {&field(error, "message"), &error, &field(json, "message"), &field(json, "detail")}) {
    if (words->is_string()) return on_one_line(words->get<std::string>(), kLongestWords);
  }
  return on_one_line(body, kLongestWords);
}

TeacherReply read_completion(const std::string& body) {
  const auto compact = compact_json(body);
  if (!compact) return malformed("the answer is no JSON: it breaks off or is garbled", body);
  const Json json = Json::parse(*compact, nullptr, /*allow_exceptions=*/false);
  const Json& choices = field(json, "choices");
  if (!choices.is_array()) return malformed("the answer is no chat completion", body);
  TeacherReply reply;
  read_usage(field(json, "usage"), reply);
  if (choices.empty()) {
    reply.message = "the answer has no choice";
    return reply;  // empty
  }
  if (!field(choices[0], "message").is_object()) {
    return malformed("the answer's choice has no message", body);
  }
  read_choice(choices[0], reply);
  return reply;
}

}  // namespace tuneval
