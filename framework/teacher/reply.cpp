#include "framework/teacher/reply.h"

#include "framework/teacher/completion.h"
#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <utility>

namespace tuneval {

const char* to_string(TeacherOutcome outcome) {
  switch (outcome) {
    case TeacherOutcome::answered: return "answered";
    case TeacherOutcome::cut_off: return "cut off";
    case TeacherOutcome::filtered: return "filtered";
    case TeacherOutcome::empty: return "empty";
    case TeacherOutcome::malformed: return "malformed";
    case TeacherOutcome::refused: return "refused";
    case TeacherOutcome::unavailable: return "unavailable";
    case TeacherOutcome::unpaid: return "unpaid";
    case TeacherOutcome::stopped: return "stopped";
  }
  return "unknown";
}

namespace {

using Json = nlohmann::ordered_json;

Attempt failed(Next next, TeacherOutcome outcome, std::string message) {
  Attempt attempt;
  attempt.next = next;
  attempt.reply.outcome = outcome;
  attempt.reply.message = std::move(message);
  return attempt;
}

Attempt read_failure(const HttpReply& http, const ServerPast& past) {
  const TeacherOutcome outcome = TeacherOutcome::unavailable;
  switch (http.failure) {
    case HttpFailure::no_host:
      return failed(past.reached ? Next::insist : Next::give_up, outcome, http.reason);
    case HttpFailure::untrusted: return failed(Next::give_up, outcome, http.reason);
    case HttpFailure::not_connected: return failed(Next::insist, outcome, http.reason);
    case HttpFailure::too_large: {
      Attempt attempt = failed(Next::take, TeacherOutcome::malformed, http.reason);
      attempt.billed = true;
      return attempt;
    }
    default: return failed(Next::retry, outcome, http.reason);
  }
}

/// What a server says of an error in its JSON: {"error": {"code": …, "type": …}}.
struct ErrorBody {
  bool there = false;
  bool flagged = false;  ///< a moderator refused the input
  std::string code, type;
  int64_t status = 0;  ///< where the code is one: some servers wrap others' errors into status 200
};

/// A code that is a status, as a number or as its digits; else 0.
int64_t status_of(const Json& code) {
  int64_t status = 0;
  if (code.is_number_integer()) {
    status = code.get<int64_t>();
  } else if (code.is_string()) {
    const auto& text = code.get_ref<const std::string&>();
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, status);
    if (read.ec != std::errc() || read.ptr != end) return 0;
  }
  return status >= 400 && status <= 599 ? status : 0;
}

ErrorBody read_error(const std::string& body) {
  ErrorBody read;
  const Json json = Json::parse(compact_json(body).value_or("null"), nullptr, false);
  if (!json.is_object() || !json.contains("error") || json["error"].is_null()) return read;
  read.there = !json.contains("choices");
  const Json& error = json["error"];
  if (!error.is_object()) return read;
  if (error.contains("type") && error["type"].is_string()) {
    read.type = error["type"].get<std::string>();
  }
  const auto metadata = error.find("metadata");
  read.flagged =
      metadata != error.end() && metadata->is_object() && metadata->contains("flagged_input");
  if (!error.contains("code")) return read;
  const Json& code = error["code"];
  if (code.is_string()) read.code = code.get<std::string>();
  read.status = status_of(code);
  return read;
}

std::string status_message(const HttpReply& http, int64_t status) {
  const std::string words = server_words(http.body);
  return fmt::format("status {}{}{}", status, words.empty() ? "" : ": ", words);
}

/// What to mend, for errors that end it all.
std::string advice(int64_t status, const HttpReply& http) {
  if (status >= 300 && status < 400) {
    const std::string to = http.leads_to.empty() ? "elsewhere" : http.leads_to;
    return fmt::format(
        "it leads on to {}, where the key is not sent: expected a \"base_url\" that "
        "answers itself",
        to);
  }
  if (status == 401) return "expected the server's own key in the variable \"api_key_env\" names";
  if (status == 403) return "the key does not open this to us";
  if (status == 404) return "expected a \"base_url\" and a \"model\" that the server knows";
  if (status == 405) return "expected a \"base_url\" that \"/chat/completions\" can be put behind";
  return "the account is out of money";
}

bool is_filtered(int64_t status, const ErrorBody& error) {
  const bool said = error.code == "content_filter" || error.type == "content_filter";
  return status >= 400 && (said || error.flagged);
}

bool ends_it_all(int64_t status, const ErrorBody& error, const ServerPast& past) {
  if (status >= 300 && status < 400) return true;
  const bool broke =
      status == 402 || error.code == "insufficient_quota" || error.type == "insufficient_quota";
  if (status == 403) return broke || !past.served;
  return broke || status == 401 || status == 404 || status == 405;
}

bool passes(int64_t status) {
  return status == 408 || status == 409 || status == 429 || status >= 500;
}

Attempt read_error_status(const HttpReply& http, int64_t status, const ErrorBody& error,
                          const ServerPast& past) {
  const std::string message = status_message(http, status);
  if (is_filtered(status, error)) return failed(Next::take, TeacherOutcome::filtered, message);
  if (ends_it_all(status, error, past)) {
    return failed(Next::give_up, TeacherOutcome::refused,
                  fmt::format("{}: {}", message, advice(status, http)));
  }
  if (passes(status)) return failed(Next::retry, TeacherOutcome::unavailable, message);
  return failed(Next::take, status >= 400 ? TeacherOutcome::refused : TeacherOutcome::malformed,
                message);
}

}  // namespace

Attempt read_attempt(const HttpReply& http, const ServerPast& past) {
  if (http.failure != HttpFailure::none) return read_failure(http, past);
  const ErrorBody error = read_error(http.body);
  if (http.status < 200 || http.status > 299) {
    return read_error_status(http, http.status, error, past);
  }
  if (error.there && error.status != 0) return read_error_status(http, error.status, error, past);
  Attempt attempt;
  attempt.billed = !error.there;
  attempt.reply = read_completion(http.body);
  attempt.paid = attempt.reply.outcome != TeacherOutcome::malformed;
  if (attempt.paid) attempt.answer = http.body;
  return attempt;
}

}  // namespace tuneval
