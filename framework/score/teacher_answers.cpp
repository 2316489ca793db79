#include "framework/score/teacher_answers.h"

#include "framework/score/no_answer.h"
#include "framework/teacher/request_body.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuneval {

namespace {

/// Whether the limit came before the answer, as where a teacher reasons and nobody gave it room.
bool is_silent(const TeacherReply& reply) {
  return reply.outcome == TeacherOutcome::cut_off && trim(reply.text).empty() &&
         reply.calls.empty();
}

/// Whether there is something to score: an answer cut off at the limit is one, as it is for a
/// model.
bool has_answer(const TeacherReply& reply) {
  return reply.answered() || (reply.outcome == TeacherOutcome::cut_off && !is_silent(reply));
}

constexpr const char* kSilent = "cut off before it said anything: raise [teacher] max_tokens";

/// Ends the text before the first stop string in it; whether there is one. The server is not told
/// of them: some take four at most, and those that reason stop inside their reasons.
bool cut_at_stop(std::string& text, const std::vector<std::string>& stops) {
  size_t end = text.npos;
  for (const std::string& stop : stops) {
    if (!stop.empty()) end = std::min(end, text.find(stop));
  }
  if (end == text.npos) return false;
  text.resize(end);
  return true;
}

GivenAnswer answer_of(TeacherReply reply, const Example& example,
                      const std::vector<std::string>& stops) {
  GivenAnswer answer;
  answer.prompt_tokens = reply.prompt_tokens;
  answer.new_tokens = reply.answer_tokens;
  if (!has_answer(reply)) {
    answer.unanswered =
        is_silent(reply) ? no_answer("the teacher", kSilent) : no_answer("the teacher", reply);
    answer.stop.clear();
    return answer;
  }
  if (reply.outcome == TeacherOutcome::cut_off) answer.stop = "length";
  const bool takes_calls = !reply.calls.empty() && (example.calls || reply.text.empty());
  answer.completion = takes_calls ? std::move(reply.calls) : std::move(reply.text);
  if (!takes_calls && cut_at_stop(answer.completion, stops)) answer.stop = "stop";
  return answer;
}

/// How a teacher did over all requests.
struct Asked {
  size_t all = 0, answered = 0, silent = 0;
  size_t unpaid = 0, unavailable = 0;
  std::string last, last_unavailable;  ///< why there was no answer

  void count(const TeacherReply& reply) {
    ++all;
    answered += has_answer(reply);
    silent += is_silent(reply);
    unpaid += reply.outcome == TeacherOutcome::unpaid || reply.outcome == TeacherOutcome::stopped;
    if (!has_answer(reply)) last = no_answer("the teacher", reply);
    if (reply.outcome != TeacherOutcome::unavailable) return;
    ++unavailable;
    last_unavailable = reply.message;
  }
};

/// What asking again would mend fails the cell, so that it runs again: what is answered is cached.
void check(const Asked& asked) {
  if (asked.unpaid > 0) {
    throw TeacherError(
        fmt::format("the teacher's spending limit is reached: {} of {} requests were not sent; "
                    "with a higher [teacher] spending_limit the run goes on without paying twice",
                    asked.unpaid, asked.all));
  }
  if (asked.unavailable > 0) {
    throw TeacherError(fmt::format(
        "{} of {} requests got no answer; the last: {}; what was answered is kept, and the next "
        "run asks the rest",
        asked.unavailable, asked.all, asked.last_unavailable));
  }
  if (asked.answered > 0 || asked.all == 0) return;
  if (asked.silent == asked.all) {
    throw TeacherError(fmt::format("the teacher's {} answers were {}", asked.all, kSilent));
  }
  throw TeacherError(
      fmt::format("the teacher answered none of {} requests; the last: {}", asked.all, asked.last));
}

}  // namespace

int64_t teacher_max_tokens(const TeacherOptions& teacher, const TaskType& type,
                           const std::optional<int64_t>& max_new_tokens) {
  if (const auto limit = max_completion_tokens(teacher)) return *limit;
  if (teacher.max_tokens) return *teacher.max_tokens;
  return max_new_tokens.value_or(type.decoding().max_new_tokens);
}

std::vector<GivenAnswer> ask_teacher(Teacher& teacher, const TaskData& task,
                                     const TeacherScoring& options) {
  std::vector<TeacherRequest> requests;
  std::vector<std::string> prompts;
  for (const Example& example : task.test) {
    const Example shown = with_shots(example, options.shots);
    TeacherRequest& request = requests.emplace_back();
    request.messages = shown.messages;
    request.tools = shown.tools;
    request.temperature = 0.0;
    request.max_tokens = teacher_max_tokens(teacher.options(), *task.type, options.max_new_tokens);
    prompts.push_back(prompt_json(shown));
  }
  const std::vector<std::string> stops = task.type->decoding().stop;
  std::vector<GivenAnswer> answers(requests.size());
  Asked asked;
  int64_t done = 0, tokens = 0;
  teacher.ask_all(requests, [&](size_t index, TeacherReply reply) {
    asked.count(reply);
    tokens += reply.prompt_tokens + reply.answer_tokens;
    answers[index] = answer_of(std::move(reply), task.test[index], stops);
    answers[index].prompt = std::move(prompts[index]);
    if (options.progress) options.progress(++done, tokens);
  });
  check(asked);
  return answers;
}

}  // namespace tuneval
