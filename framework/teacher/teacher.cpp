#include "framework/teacher/teacher.h"

#include "framework/record/json_object.h"
#include "framework/teacher/api_key.h"
#include "framework/teacher/completion.h"
#include "framework/teacher/http.h"
#include "framework/teacher/pace.h"
#include "framework/teacher/reply.h"
#include "framework/teacher/reply_cache.h"
#include "framework/teacher/request_body.h"
#include "framework/teacher/round.h"
#include "framework/teacher/spending.h"
#include "tuneval/error.h"
#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <random>
#include <utility>

namespace tuneval {
namespace {

/// Tokens that an answer is expected to have at first, where nothing limits it.
constexpr int64_t kUsualAnswer = 1024;

struct Tokens {
  int64_t prompt = 0, answer = 0;
  int64_t all() const { return prompt + answer; }
};

TeacherReply not_asked(TeacherOutcome outcome, std::string message) {
  TeacherReply reply;
  reply.outcome = outcome;
  reply.message = std::move(message);
  return reply;
}

bool has_failed(TeacherOutcome outcome) {
  return outcome == TeacherOutcome::malformed || outcome == TeacherOutcome::refused ||
         outcome == TeacherOutcome::unavailable;
}

}  // namespace

/// All that the threads of a round share.
struct Teacher::State {
  State(TeacherOptions given, std::filesystem::path folder, TeacherTools tools)
      : options(std::move(given)),
        clock(std::move(tools.clock)),
        backoff(tools.backoff),
        warn(std::move(tools.warn)),
        url(chat_url(options)),
        key(ApiKey::from_environment(options.api_key_env, options.where)),
        cache(std::move(folder), [this](const std::string& message) { warn_of(message); }),
        pace(options.requests_per_minute, options.tokens_per_minute, clock),
        spending(options.spending_limit, tools.spent),
        stop(tools.stop) {}

  TeacherReply ask(const TeacherRequest& request, const IsStopped& stopped);

  void warn_of(const std::string& message);
  std::optional<TeacherReply> find(const std::string& cache_key);
  Tokens expected_tokens(const TeacherRequest& request, const std::string& body);
  double cost_of(const Tokens& tokens) const;
  Attempt try_all(const std::string& body, int64_t tokens, const IsStopped& stopped);
  HttpReply post(const std::string& body);
  double chance();
  void settle(Attempt& attempt, const std::string& body, const Tokens& expected,
              Reservation& reservation);
  void count(const TeacherReply& reply);
  [[noreturn]] void fail(const TeacherReply& reply) const;

  const TeacherOptions options;
  const std::shared_ptr<Clock> clock;
  const BackOff backoff;
  const std::function<void(const std::string&)> warn;
  const std::string url;
  const ApiKey key;
  ReplyCache cache;
  Pace pace;
  Spending spending;
  const std::atomic<bool>* const stop;
  std::atomic<bool> reached = false, served = false;  ///< as ServerPast

  std::mutex mutex;  // of what follows
  TeacherUsage usage;
  std::mt19937_64 random{std::random_device{}()};
  std::vector<std::unique_ptr<Http>> idle;  ///< open connections that nobody uses
  int64_t largest_answer = kUsualAnswer;
};

void Teacher::State::warn_of(const std::string& message) {
  const std::lock_guard lock(mutex);
  if (warn) return warn(message);
  fmt::print(stderr, "warning: {}\n", message);
}

std::optional<TeacherReply> Teacher::State::find(const std::string& cache_key) {
  const std::optional<std::string> answer = cache.find(cache_key);
  if (!answer) return std::nullopt;
  TeacherReply reply = read_completion(*answer);
  reply.cached = true;
  return reply;
}

Tokens Teacher::State::expected_tokens(const TeacherRequest& request, const std::string& body) {
  const std::lock_guard lock(mutex);
  auto limit = max_completion_tokens(options);
  if (!limit) limit = request.max_tokens ? request.max_tokens : options.max_tokens;
  return {reserved_tokens(body.size()), limit.value_or(largest_answer)};
}

double Teacher::State::cost_of(const Tokens& tokens) const {
  return (static_cast<double>(tokens.prompt) * options.input_price +
          static_cast<double>(tokens.answer) * options.output_price) /
         1e6;
}

double Teacher::State::chance() {
  const std::lock_guard lock(mutex);
  return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

/// What came back, without the key should the server have echoed it.
HttpReply Teacher::State::post(const std::string& body) {
  std::unique_ptr<Http> http;
  {
    const std::lock_guard lock(mutex);
    if (!idle.empty()) {
      http = std::move(idle.back());
      idle.pop_back();
    }
  }
  if (!http) http = std::make_unique<Http>(url, options, key);
  HttpReply reply = http->post(body);
  reply.body = key.redacted(compact_json(reply.body).value_or(reply.body));
  reply.reason = key.redacted(std::move(reply.reason));
  reply.leads_to = key.redacted(std::move(reply.leads_to));
  const std::lock_guard lock(mutex);
  idle.push_back(std::move(http));
  return reply;
}

Attempt Teacher::State::try_all(const std::string& body, int64_t tokens, const IsStopped& stopped) {
  Attempt attempt;
  for (int64_t sent = 0;;) {
    if (!pace.wait_for_turn(tokens, stopped)) break;
    const HttpReply http = post(body);
    attempt = read_attempt(http, {reached, served});
    attempt.reply.attempts = ++sent;
    if (http.status != 0) reached = true;
    if (attempt.paid) served = true;
    const Tokens used{attempt.reply.prompt_tokens, attempt.reply.answer_tokens};
    if (!attempt.billed || used.all() > 0) pace.correct(tokens, used.all());
    if (attempt.next == Next::take || attempt.next == Next::give_up) return attempt;
    const double asked = http.retry_after.value_or(0.0);
    // Who asks for no wait at all gets one too: else all attempts are gone within milliseconds.
    const double wait = std::max(backoff_wait(backoff, sent - 1, chance()), asked);
    const bool too_long = asked > backoff.longest_asked;
    if (sent > options.retries || too_long) {
      attempt.reply.message += too_long ? fmt::format(", which asks to wait {:.0f} s", asked)
                                        : fmt::format(" ({} attempts)", sent);
      if (attempt.next == Next::insist || too_long) attempt.next = Next::give_up;
      return attempt;
    }
    if (asked > 0.0) pace.hold(asked);
    if (!wait_until(*clock, clock->now() + wait, stopped)) break;
  }
  attempt.reply.outcome = TeacherOutcome::stopped;
  attempt.reply.message = attempt.reply.attempts == 0 ? "stopped before it was asked"
                                                      : "stopped after: " + attempt.reply.message;
  return attempt;
}

/// Counts an answer's cost, by guessed tokens where the server counts none. Of one that cannot be
/// read nobody knows its length: it may have been as long as expected.
void Teacher::State::settle(Attempt& attempt, const std::string& body, const Tokens& expected,
                            Reservation& reservation) {
  TeacherReply& reply = attempt.reply;
  Tokens tokens{reply.prompt_tokens, reply.answer_tokens};
  if (tokens.all() == 0 && !attempt.paid) {
    tokens = expected;
  } else if (tokens.all() == 0) {
    tokens = {guessed_tokens(body.size()), guessed_tokens(reply.text.size() + reply.calls.size())};
  }
  reply.cost = cost_of(tokens);
  reservation.spend(reply.cost);
  if (!attempt.paid) return;
  const std::lock_guard lock(mutex);
  largest_answer = std::max(largest_answer, tokens.answer);
}

void Teacher::State::count(const TeacherReply& reply) {
  const std::lock_guard lock(mutex);
  if (reply.cached) ++usage.cached;
  if (reply.attempts == 0) return;
  ++usage.asked;
  usage.retried += reply.attempts - 1;
  if (has_failed(reply.outcome)) ++usage.failed;
  usage.prompt_tokens += reply.prompt_tokens;
  usage.answer_tokens += reply.answer_tokens;
  usage.cost += reply.cost;
}

void Teacher::State::fail(const TeacherReply& reply) const {
  throw TeacherError(fmt::format("{}{}\"{}\" at {}: {}", options.where,
                                 options.where.empty() ? "" : ": ", options.model, url,
                                 reply.message));
}

TeacherReply Teacher::State::ask(const TeacherRequest& request, const IsStopped& stopped) {
  if (stopped()) return not_asked(TeacherOutcome::stopped, "stopped before it was asked");
  const std::string body = json_text(request_body(options, request), -1);
  const std::string cache_key = ReplyCache::key_of(url, body, request.variant);
  const ReplyCache::Turn turn(cache, cache_key);
  if (auto reply = find(cache_key)) {
    count(*reply);
    return *reply;
  }
  const Tokens expected = expected_tokens(request, body);
  Reservation reservation(spending, cost_of(expected));
  if (!reservation.made()) {
    return not_asked(TeacherOutcome::unpaid,
                     fmt::format("the spending limit of {} is reached: {:.6g} is spent, and this "
                                 "may cost {:.6g}",
                                 *options.spending_limit, spending.spent(), cost_of(expected)));
  }
  Attempt attempt = try_all(body, expected.all(), stopped);
  if (attempt.billed) settle(attempt, body, expected, reservation);
  count(attempt.reply);
  if (attempt.paid) cache.keep(cache_key, key.redacted(body), attempt.answer);
  if (attempt.next == Next::give_up) fail(attempt.reply);
  return std::move(attempt.reply);
}

Teacher::Teacher(TeacherOptions options, std::filesystem::path cache, TeacherTools tools)
    : state_(std::make_unique<State>(std::move(options), std::move(cache), std::move(tools))) {}

Teacher::~Teacher() = default;

const TeacherOptions& Teacher::options() const { return state_->options; }

void Teacher::ask_all(std::span<const TeacherRequest> requests,
                      const std::function<void(size_t, TeacherReply)>& take,
                      const std::atomic<bool>* stop) {
  const auto ask = [this](const TeacherRequest& request, const IsStopped& stopped) {
    return state_->ask(request, stopped);
  };
  Round round(requests, state_->options.concurrency, ask, stop != nullptr ? stop : state_->stop);
  while (auto done = round.next()) take(done->first, std::move(done->second));
}

TeacherReply Teacher::ask(const TeacherRequest& request) {
  return state_->ask(request, [] { return false; });
}

TeacherUsage Teacher::usage() const {
  const std::lock_guard lock(state_->mutex);
  return state_->usage;
}

}  // namespace tuneval
