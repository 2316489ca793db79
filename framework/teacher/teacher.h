#pragma once

#include "framework/manifest/teacher_options.h"
#include "framework/teacher/backoff.h"
#include "framework/teacher/clock.h"
#include "tuneval/task/example.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// One thing to ask a teacher.
struct TeacherRequest {
  std::vector<Message> messages;
  std::string tools;                  ///< JSON array of function schemas; empty: none
  std::optional<double> temperature;  ///< in place of the options'
  std::optional<int64_t> max_tokens;
  std::optional<uint64_t> seed;  ///< sent as "seed"
  /// Tells apart requests that are else alike, as when an answer is judged several times: it is
  /// part of what the cache knows a request by, and is not sent.
  int64_t variant = 0;
};

/// What became of a request.
enum class TeacherOutcome {
  answered,
  cut_off,      ///< the answer ended at the token limit; what there is of it is in `text`
  filtered,     ///< refused by the server's content filter
  empty,        ///< a choice without text and calls, or no choice
  malformed,    ///< what came back is no chat completion
  refused,      ///< this request: status 4xx that retrying does not mend
  unavailable,  ///< no answer after all attempts: connection, time-out, 408, 409, 429, 5xx
  unpaid,       ///< not asked: the spending limit is reached
  stopped,      ///< not asked: the caller stopped
};
const char* to_string(TeacherOutcome outcome);  ///< "answered", "cut off", …

struct TeacherReply {
  TeacherOutcome outcome = TeacherOutcome::empty;
  std::string text;     ///< the answer's content
  std::string calls;    ///< canonical tool calls (tool_calls.h); empty when there are none
  std::string message;  ///< what was wrong, with the status and the server's own words; never a key
  int64_t prompt_tokens = 0, answer_tokens = 0;  ///< as the server counted them; 0: it did not
  double cost = 0.0;                             ///< by the options' prices; 0 when from the cache
  bool cached = false;
  int64_t attempts = 0;  ///< requests sent for it

  bool answered() const { return outcome == TeacherOutcome::answered; }
};

/// What was asked so far, by one Teacher.
struct TeacherUsage {
  int64_t asked = 0;    ///< requests that went to the server
  int64_t cached = 0;   ///< requests that the cache answered
  int64_t failed = 0;   ///< of `asked`: malformed, refused or unavailable in the end
  int64_t retried = 0;  ///< attempts beyond each one's first
  int64_t prompt_tokens = 0, answer_tokens = 0;  ///< of paid answers, as the server counted them
  double cost = 0.0;
};

/// What a teacher works with beside its options. Tests have their own.
struct TeacherTools {
  /// Told of a damaged entry of the cache, from any thread, never two at once. Default: to stderr.
  std::function<void(const std::string&)> warn = {};
  std::shared_ptr<Clock> clock = steady_clock();
  BackOff backoff = {};
  double spent = 0.0;  ///< before, of the same limit
  /// Where a call has none of its own, what ends it. Outlives the teacher.
  const std::atomic<bool>* stop = nullptr;
};

/// A model behind an OpenAI-compatible server, asked by `concurrency` requests at once.
///
/// Paid answers are on the disk before they are handed on: cached by the content of the request
/// (server, model, body, variant), so that asking again, in this run or after a crash, pays
/// nothing.
class Teacher {
 public:
  /// `cache`: a folder, made when needed; empty: nothing is kept. Throws TeacherError for a bad URL
  /// and where the environment lacks the key.
  Teacher(TeacherOptions options, std::filesystem::path cache, TeacherTools tools = {});
  ~Teacher();
  Teacher(const Teacher&) = delete;
  Teacher& operator=(const Teacher&) = delete;

  const TeacherOptions& options() const;

  /// Asks all of them; `take` is told each reply with its index, in any order, never two at once,
  /// from the calling thread. Retries with exponential back-off and jitter, or after what
  /// Retry-After says where that is longer. `stop`, where given, ends asking; what was sent is
  /// waited for.
  ///
  /// Throws TeacherError for what no other request would survive either: a host that does not
  /// exist, a refused connection after all attempts, a bad certificate, a redirect, 401 to 405 (403
  /// only while nothing was answered yet), an account without money, a Retry-After past
  /// BackOff::longest_asked. Throws RecordError where an answer cannot be kept. What came before is
  /// handed on first. Where `take` throws, what was sent is waited for, and kept.
  void ask_all(std::span<const TeacherRequest> requests,
               const std::function<void(size_t, TeacherReply)>& take,
               const std::atomic<bool>* stop = nullptr);
  TeacherReply ask(const TeacherRequest& request);

  TeacherUsage usage() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tuneval
